// Writes a checkpoint: the table's log up to one version in one Parquet file, so that readers need not read each entry.

import { encodeNestedValues } from 'hyparquet-writer/src/dremel.js';
import { getMaxRepetitionLevel, schemaPathResolver } from 'hyparquet-writer/src/schema.js';
import { type Column, writeColumnChunk } from '../parquet/column-chunk.ts';
import { parquetFile } from '../parquet/parquet-file.ts';
import { leaves, rootElement, schema } from './checkpoint-schema.ts';
import type { Snapshot } from './snapshot.ts';

type Row = Readonly<Record<string, object>>;

export interface CheckpointFile {
  readonly content: Uint8Array;
  readonly actions: number;
}

/** Readers of older versions need removed files for this time. It is Delta's own default. */
const tombstoneMs = 7 * 86_400_000;

export function checkpointFile({ protocol, metaData, adds, removes, txns }: Snapshot, nowMs: number): CheckpointFile {
  if (protocol === undefined || metaData === undefined)
    throw new Error('Cannot write a checkpoint: the table must have a protocol and a schema: it has none');
  const rows: Row[] = [
    { protocol },
    { metaData: { ...metaData, createdTime: longOf(metaData.createdTime) } },
    ...[...txns.values()].map((txn) => ({
      txn: { ...txn, version: BigInt(txn.version), lastUpdated: longOf(txn.lastUpdated) },
    })),
    ...[...adds.values()].map((add) => ({
      // The protocol asks for it: a checkpoint has no changes.
      add: { ...add, size: BigInt(add.size), modificationTime: BigInt(add.modificationTime), dataChange: false },
    })),
    ...[...removes.values()]
      .filter(({ deletionTimestamp = 0 }) => deletionTimestamp > nowMs - tombstoneMs)
      .map((remove) => ({
        remove: {
          ...remove,
          size: longOf(remove.size),
          deletionTimestamp: longOf(remove.deletionTimestamp),
          dataChange: false,
        },
      })),
  ];
  const file = parquetFile(schema);
  file.addRowGroup(columnsOf(rows).map(writeColumnChunk), rows.length);
  return { content: file.finish([]), actions: rows.length };
}

function longOf(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}

function columnsOf(rows: readonly Row[]): Column[] {
  const resolve = schemaPathResolver([...schema]);
  return leaves.map((path) => {
    const tree = resolve([...path]);
    const elements = tree.map((node) => node.element);
    const name = path[0] ?? '';
    const encoded = encodeNestedValues(
      tree,
      rows.map((row) => row[name]),
    );
    return {
      element: elements.at(-1) ?? rootElement,
      path,
      values: [...encoded.values],
      definitionLevels: encoded.definitionLevels,
      maxDefinitionLevel: encoded.maxDefinitionLevel,
      repetitionLevels: encoded.repetitionLevels,
      maxRepetitionLevel: getMaxRepetitionLevel(elements),
    };
  });
}
