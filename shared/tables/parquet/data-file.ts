// A table's data file: rows in row groups, with the statistics by which readers skip files.

import type { Row } from '../row.ts';
import type { Column } from './column-chunk.ts';
import type { KeyValue, SchemaElement, Statistics } from './format.ts';
import { maxStatisticBytes, type ParquetFile, parquetFile } from './parquet-file.ts';
import type { PlainValue } from './plain.ts';

export interface DataFile {
  /** Writes a row group. */
  readonly add: (rows: readonly Row[]) => void;
  readonly rows: () => number;
  readonly bytes: () => number;
  readonly finish: (keyValues: readonly KeyValue[]) => FinishedFile;
}

export interface FinishedFile {
  readonly content: Uint8Array;
  readonly rows: number;
  /** As Delta writes it in a log entry. */
  readonly stats: DeltaStats;
}

export interface DeltaStats {
  readonly numRecords: number;
  readonly minValues: Readonly<Record<string, string>>;
  readonly maxValues: Readonly<Record<string, string>>;
  readonly nullCount: Readonly<Record<string, number>>;
}

const textColumns = [
  'operationType',
  'sequence',
  'db',
  'coll',
  'documentKey',
  'data',
  'updateDescription',
  'rest',
] as const;
const timeColumns = ['clusterTime', 'wallTime'] as const;

const rootElement: SchemaElement = { name: 'schema', num_children: textColumns.length + timeColumns.length };
const textElement = (name: string): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  repetition_type: 'OPTIONAL',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
});
const timeElement = (name: string): SchemaElement => ({
  name,
  type: 'INT64',
  repetition_type: 'OPTIONAL',
  converted_type: 'TIMESTAMP_MICROS',
  logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
});

export function dataFile(): DataFile {
  const file: ParquetFile = parquetFile([
    rootElement,
    ...textColumns.map(textElement),
    ...timeColumns.map(timeElement),
  ]);
  const sequences = textRange();
  const times = { clusterTime: timeRange(), wallTime: timeRange() };
  let count = 0;

  return {
    add: (rows) => {
      const groupSequences = textRange();
      for (const { sequence } of rows) groupSequences.add(sequence);
      sequences.merge(groupSequences);
      const columns = textColumns.map((name) => {
        const column = optionalColumn(
          textElement(name),
          rows.map((row) => row[name]),
        );
        return name === 'sequence' ? { ...column, statistics: groupSequences.statistics() } : column;
      });
      const timed = timeColumns.map((name) => {
        const range = timeRange();
        for (const row of rows) range.add(row[name]);
        times[name].merge(range);
        const values = rows.map((row) => microsOf(row[name]));
        return { ...optionalColumn(timeElement(name), values), statistics: range.statistics() };
      });
      file.addRowGroup([...columns, ...timed], rows.length);
      count += rows.length;
    },
    rows: () => count,
    bytes: file.bytes,
    finish: (keyValues) => ({ content: file.finish(keyValues), rows: count, stats: stats() }),
  };

  function stats(): DeltaStats {
    const ranges = {
      sequence: sequences.texts(),
      clusterTime: times.clusterTime.texts(),
      wallTime: times.wallTime.texts(),
    };
    const known = Object.entries(ranges).filter(([, range]) => range.min !== undefined && range.max !== undefined);
    return {
      numRecords: count,
      minValues: Object.fromEntries(known.map(([name, range]) => [name, range.min ?? ''])),
      maxValues: Object.fromEntries(known.map(([name, range]) => [name, range.max ?? ''])),
      nullCount: Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, range.nulls])),
    };
  }
}

function optionalColumn(element: SchemaElement, values: readonly (PlainValue | null)[]): Column {
  return {
    element,
    path: [element.name],
    values,
    definitionLevels: values.map((value) => (value === null ? 0 : 1)),
    maxDefinitionLevel: 1,
    repetitionLevels: [],
    maxRepetitionLevel: 0,
  };
}

function microsOf(ms: number | null): bigint | null {
  return ms === null ? null : BigInt(ms) * 1000n;
}

/** Engines compare texts by UTF-8 bytes, JavaScript by UTF-16: both agree on ASCII, which every resume token is. */
function textRange() {
  let min: string | undefined;
  let max: string | undefined;
  let isAscii = true;
  const add = (text: string): void => {
    if (min === undefined || text < min) min = text;
    if (max === undefined || text > max) max = text;
    if (isAscii && !/^[\x20-\x7e]*$/.test(text)) isAscii = false;
  };
  return {
    add,
    merge: (other: { readonly range: () => readonly [string | undefined, string | undefined, boolean] }): void => {
      const [otherMin, otherMax, otherIsAscii] = other.range();
      if (otherMin !== undefined) add(otherMin);
      if (otherMax !== undefined) add(otherMax);
      isAscii &&= otherIsAscii;
    },
    range: () => [min, max, isAscii] as const,
    statistics: (): Statistics =>
      isAscii && min !== undefined && max !== undefined
        ? { min_value: min, max_value: max, null_count: 0n }
        : { null_count: 0n },
    texts: () =>
      isAscii
        ? { min: min && cutDown(min), max: max && cutUp(max), nulls: 0 }
        : { min: undefined, max: undefined, nulls: 0 },
  };
}

function cutDown(text: string): string {
  return text.slice(0, maxStatisticBytes);
}

/** An upper bound still: the last character that is kept is raised. `~` is the largest of ASCII's printable ones. */
function cutUp(text: string): string {
  return text.length <= maxStatisticBytes ? text : `${text.slice(0, maxStatisticBytes)}\x7f`;
}

function timeRange() {
  let min: number | undefined;
  let max: number | undefined;
  let nulls = 0;
  const add = (ms: number | null): void => {
    if (ms === null) nulls++;
    else {
      min = min === undefined ? ms : Math.min(min, ms);
      max = max === undefined ? ms : Math.max(max, ms);
    }
  };
  return {
    add,
    merge: (other: { readonly range: () => readonly [number | undefined, number | undefined, number] }): void => {
      const [otherMin, otherMax, otherNulls] = other.range();
      if (otherMin !== undefined) add(otherMin);
      if (otherMax !== undefined) add(otherMax);
      nulls += otherNulls;
    },
    range: () => [min, max, nulls] as const,
    statistics: (): Statistics => ({
      ...(min !== undefined && max !== undefined && { min_value: BigInt(min) * 1000n, max_value: BigInt(max) * 1000n }),
      null_count: BigInt(nulls),
    }),
    texts: () => ({ min: isoOf(min), max: isoOf(max), nulls }),
  };
}

function isoOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
