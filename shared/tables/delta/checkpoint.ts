// A checkpoint: all of a table's log up to one version in one Parquet file, so that readers need not go through the entries.

import { encodeNestedValues } from 'hyparquet-writer/src/dremel.js';
import { getMaxRepetitionLevel, schemaPathResolver } from 'hyparquet-writer/src/schema.js';
import { type Column, writeColumnChunk } from '../parquet/column-chunk.ts';
import type { SchemaElement } from '../parquet/format.ts';
import { parquetFile } from '../parquet/parquet-file.ts';
import type { Snapshot } from './snapshot.ts';

type Row = Readonly<Record<string, object>>;

export interface CheckpointFile {
  readonly content: Uint8Array;
  readonly actions: number;
}

/** What was removed longer ago no reader of an older version needs: Delta's own default. */
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
      // The protocol says so: what a checkpoint holds is no change.
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

type Node = readonly [name: string, kind: 'text' | 'long' | 'int' | 'boolean' | 'map' | 'texts' | readonly Node[]];

const nodes: readonly Node[] = [
  [
    'txn',
    [
      ['appId', 'text'],
      ['version', 'long'],
      ['lastUpdated', 'long'],
    ],
  ],
  [
    'add',
    [
      ['path', 'text'],
      ['partitionValues', 'map'],
      ['size', 'long'],
      ['modificationTime', 'long'],
      ['dataChange', 'boolean'],
      ['tags', 'map'],
      ['stats', 'text'],
    ],
  ],
  [
    'remove',
    [
      ['path', 'text'],
      ['deletionTimestamp', 'long'],
      ['dataChange', 'boolean'],
      ['extendedFileMetadata', 'boolean'],
      ['partitionValues', 'map'],
      ['size', 'long'],
    ],
  ],
  [
    'metaData',
    [
      ['id', 'text'],
      ['name', 'text'],
      ['description', 'text'],
      [
        'format',
        [
          ['provider', 'text'],
          ['options', 'map'],
        ],
      ],
      ['schemaString', 'text'],
      ['partitionColumns', 'texts'],
      ['createdTime', 'long'],
      ['configuration', 'map'],
    ],
  ],
  [
    'protocol',
    [
      ['minReaderVersion', 'int'],
      ['minWriterVersion', 'int'],
    ],
  ],
];

const rootElement: SchemaElement = { name: 'spark_schema', num_children: nodes.length };
const schema: readonly SchemaElement[] = [rootElement, ...nodes.flatMap(elementsOf)];
const leaves: readonly (readonly string[])[] = nodes.flatMap(pathsOf);

function elementsOf([name, kind]: Node): SchemaElement[] {
  const optional = { name, repetition_type: 'OPTIONAL' } as const;
  switch (kind) {
    case 'text':
      return [textElement(name, 'OPTIONAL')];
    case 'long':
      return [{ ...optional, type: 'INT64' }];
    case 'int':
      return [{ ...optional, type: 'INT32' }];
    case 'boolean':
      return [{ ...optional, type: 'BOOLEAN' }];
    case 'map':
      return [
        { ...optional, num_children: 1, converted_type: 'MAP', logical_type: { type: 'MAP' } },
        { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
        textElement('key', 'REQUIRED'),
        textElement('value', 'OPTIONAL'),
      ];
    case 'texts':
      return [
        { ...optional, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        textElement('element', 'OPTIONAL'),
      ];
    default:
      return [{ ...optional, num_children: kind.length }, ...kind.flatMap(elementsOf)];
  }
}

function textElement(name: string, repetition_type: 'OPTIONAL' | 'REQUIRED'): SchemaElement {
  return { name, type: 'BYTE_ARRAY', repetition_type, converted_type: 'UTF8', logical_type: { type: 'STRING' } };
}

function pathsOf([name, kind]: Node): string[][] {
  switch (kind) {
    case 'text':
    case 'long':
    case 'int':
    case 'boolean':
      return [[name]];
    case 'map':
      return [
        [name, 'key_value', 'key'],
        [name, 'key_value', 'value'],
      ];
    case 'texts':
      return [[name, 'list', 'element']];
    default:
      return kind.flatMap(pathsOf).map((path) => [name, ...path]);
  }
}
