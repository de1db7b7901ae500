// The columns of a checkpoint, as Delta's protocol has them.
import type { SchemaElement } from '../parquet/format.ts';

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

export const rootElement: SchemaElement = { name: 'spark_schema', num_children: nodes.length };
export const schema: readonly SchemaElement[] = [rootElement, ...nodes.flatMap(elementsOf)];
/** The paths of the columns. */
export const leaves: readonly (readonly string[])[] = nodes.flatMap(pathsOf);

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
