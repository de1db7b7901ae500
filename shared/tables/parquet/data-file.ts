// A data file of a table: rows in row groups, with statistics. With them, readers skip files.

import type { Row } from '../row.ts';
import { textRange, timeRange } from './column-range.ts';
import { columnWriter } from './column-writer.ts';
import type { KeyValue, SchemaElement } from './format.ts';
import { parquetFile } from './parquet-file.ts';

export interface DataFile {
  readonly add: (row: Row) => void;
  readonly bytes: () => number;
  readonly finish: (keyValues: readonly KeyValue[]) => FinishedFile;
}

export interface FinishedFile {
  readonly content: Uint8Array;
  readonly rows: number;
  /** In the form of a log entry of Delta. */
  readonly stats: DeltaStats;
}

export interface DeltaStats {
  readonly numRecords: number;
  readonly minValues: Readonly<Record<string, string>>;
  readonly maxValues: Readonly<Record<string, string>>;
  readonly nullCount: Readonly<Record<string, number>>;
}

/** The writer and its readers hold one row group at a time. */
const groupLimits = { rows: 5_000, bytes: 16_000_000 };

const textNames = ['operationType', 'sequence', 'db', 'coll'] as const;
const jsonNames = ['documentKey', 'data', 'updateDescription', 'rest'] as const;
const timeNames = ['clusterTime', 'wallTime'] as const;

const rootElement: SchemaElement = {
  name: 'schema',
  num_children: textNames.length + jsonNames.length + timeNames.length,
};
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

export function dataFile(limits = groupLimits): DataFile {
  const texts = textNames.map((name) => ({ name, writer: columnWriter(textElement(name)) }));
  const jsons = jsonNames.map((name) => ({ name, writer: columnWriter(textElement(name)) }));
  const times = timeNames.map((name) => ({ name, writer: columnWriter(timeElement(name)), range: timeRange() }));
  const sequences = textRange();
  const file = parquetFile([
    rootElement,
    ...[...textNames, ...jsonNames].map(textElement),
    ...timeNames.map(timeElement),
  ]);
  let rows = 0;
  let groupRows = 0;
  let groupBytes = 0;

  return {
    add: (row) => {
      if (groupBytes + row.line.length > limits.bytes) endGroup();
      for (const { name, writer } of texts) {
        if (name === 'sequence') writer.addText(row.sequence);
        else writer.addRepeated(row[name]);
      }
      for (const { name, writer } of jsons) writer.addBytes(row[name]);
      for (const { name, writer, range } of times) {
        const ms = row[name];
        writer.addTime(ms);
        range.add(ms);
      }
      sequences.add(row.sequence);
      rows++;
      groupRows++;
      groupBytes += row.line.length;
      if (groupRows === limits.rows) endGroup();
    },
    bytes: file.bytes,
    finish: (keyValues) => {
      endGroup();
      return { content: file.finish(keyValues), rows, stats: statsOf() };
    },
  };

  function endGroup(): void {
    if (groupRows === 0) return;
    const bySequence = sequences.endGroup();
    file.addRowGroup(
      [
        ...texts.map(({ name, writer }) => writer.end(name === 'sequence' ? bySequence : undefined)),
        ...jsons.map(({ writer }) => writer.end()),
        ...times.map(({ writer, range }) => writer.end(range.endGroup())),
      ],
      groupRows,
    );
    groupRows = 0;
    groupBytes = 0;
  }

  function statsOf(): DeltaStats {
    const ranges = {
      sequence: sequences.whole(),
      ...Object.fromEntries(times.map(({ name, range }) => [name, range.whole()])),
    };
    const known = Object.entries(ranges).filter(([, { min, max }]) => min !== undefined && max !== undefined);
    return {
      numRecords: rows,
      minValues: Object.fromEntries(known.map(([name, { min }]) => [name, min ?? ''])),
      maxValues: Object.fromEntries(known.map(([name, { max }]) => [name, max ?? ''])),
      nullCount: Object.fromEntries(Object.entries(ranges).map(([name, { nulls }]) => [name, nulls])),
    };
  }
}
