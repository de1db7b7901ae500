// A table of changes in Delta's terms: its columns and protocol, and the check of an existing table.
import { isRecord } from '../../json/record.ts';
import type { MetaData, Protocol } from './actions.ts';

/** Every column may be null: a reader must not rely on more than docs/tables.md says. */
const columns: readonly (readonly [name: string, type: string])[] = [
  ['operationType', 'string'],
  ['sequence', 'string'],
  ['db', 'string'],
  ['coll', 'string'],
  ['documentKey', 'string'],
  ['data', 'string'],
  ['updateDescription', 'string'],
  ['rest', 'string'],
  ['clusterTime', 'timestamp'],
  ['wallTime', 'timestamp'],
  ['date', 'date'],
];

export const tableProtocol: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

export function newMetaData(id: string, now: number): MetaData {
  const fields = columns.map(([name, type]) => ({ name, type, nullable: true, metadata: {} }));
  return {
    id,
    name: undefined,
    description: undefined,
    format: { provider: 'parquet', options: {} },
    schemaString: JSON.stringify({ type: 'struct', fields }),
    partitionColumns: ['date'],
    createdTime: now,
    configuration: { 'delta.appendOnly': 'true' },
  };
}

/** Why we must not touch a table. Undefined if it is ours. */
export function foreignReason(protocol: Protocol, metaData: MetaData): string | undefined {
  const { minReaderVersion: reader, minWriterVersion: writer } = protocol;
  if (reader > tableProtocol.minReaderVersion || writer > tableProtocol.minWriterVersion)
    return `its protocol must be at most reader 1 and writer 2: it is reader ${reader} and writer ${writer}`;
  if (metaData.format.provider !== 'parquet') return 'its files must be Parquet: they have another format';
  if (metaData.partitionColumns.join() !== 'date') return 'it must be partitioned by "date" alone: it is not';
  return schemaProblem(metaData.schemaString);
}

function schemaProblem(schemaString: string): string | undefined {
  const schema: unknown = JSON.parse(schemaString);
  const fields = isRecord(schema) && Array.isArray(schema['fields']) ? schema['fields'].filter(isRecord) : [];
  const found = fields.map(({ name, type }) => `${name} ${typeof type === 'string' ? type : 'nested'}`);
  const wanted = columns.map(([name, type]) => `${name} ${type}`);
  const isSame = found.length === wanted.length && wanted.every((column) => found.includes(column));
  if (!isSame) return `its columns must be those of a table of changes: they are ${found.join(', ')}`;
  // Invariants belong to writer 2: rows that break them must not be written.
  const isRuled = fields.some(
    ({ metadata, nullable }) => nullable === false || (isRecord(metadata) && 'delta.invariants' in metadata),
  );
  return isRuled ? 'its columns must allow every value: one has an invariant' : undefined;
}
