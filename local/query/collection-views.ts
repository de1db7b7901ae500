// The three views of each collection, in a schema named as the database, and bare names where they are unambiguous.
import type { DuckDBConnection } from '@duckdb/node-api';
import { distinctColumns, distinctNames } from '../views/column-names.ts';
import type { Column } from '../views/column-type.ts';
import { duckdbDialect, duckdbNames, duckdbQuoted } from '../views/duckdb/duckdb-dialect.ts';
import { historyQuery, latestQuery } from '../views/view-queries.ts';
import { internalSchema } from './event-store.ts';
import type { LakeCollection } from './lake-catalog.ts';

export const viewKinds = ['changes', 'latest', 'history'] as const;

export interface NamedCollection extends LakeCollection {
  /** The name of the database in DuckDB. */
  readonly schema: string;
  /** The first part of the names of its views. */
  readonly prefix: string;
}

/** DuckDB has schemas or catalogs with these names. It takes "Shop" and "shop" for one name. */
const ownSchemas = ['information_schema', 'pg_catalog', 'system', 'temp', '~', '~lake'];

export function namedCollections(collections: readonly LakeCollection[]): NamedCollection[] {
  const schemaName = distinctNames(duckdbNames, ownSchemas);
  const schemas = new Map<string, { readonly schema: string; readonly prefix: (name: string) => string }>();
  return collections.map((one) => {
    const known = schemas.get(one.database) ?? { schema: schemaName(one.database), prefix: distinctNames(duckdbNames) };
    schemas.set(one.database, known);
    return { ...one, schema: known.schema, prefix: known.prefix(one.collection) };
  });
}

/** Makes a schema for every database, so that DuckDB never calls a database missing. */
export async function createSchemas(
  connection: DuckDBConnection,
  collections: readonly NamedCollection[],
): Promise<void> {
  for (const schema of new Set(collections.map((one) => one.schema)))
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${duckdbQuoted(schema)}`);
}

export async function createViews(
  connection: DuckDBConnection,
  { schema, prefix }: NamedCollection,
  changes: string,
  columns: readonly Column[],
): Promise<void> {
  const dialect = duckdbDialect(internalSchema);
  const distinct = distinctColumns(columns, dialect.names);
  const queries = {
    changes: `FROM ${changes}`,
    latest: latestQuery(changes, distinct, dialect),
    history: historyQuery(changes, distinct, dialect),
  };
  for (const kind of viewKinds)
    await connection.run(`CREATE VIEW ${viewName(schema, prefix, kind)} AS ${queries[kind]}`);
}

/** A bare name that two databases have gets no view: its error names both. */
export async function createBareViews(
  connection: DuckDBConnection,
  known: readonly NamedCollection[],
  asked: readonly NamedCollection[],
): Promise<void> {
  for (const { schema, prefix } of asked) {
    if (schema === 'main' || sharing(known, prefix).length > 1) continue;
    for (const kind of viewKinds)
      await connection.run(`CREATE VIEW ${viewName('main', prefix, kind)} AS FROM ${viewName(schema, prefix, kind)}`);
  }
}

/** The collections with views that begin with this bare name. */
export function sharing(collections: readonly NamedCollection[], prefix: string): NamedCollection[] {
  return collections.filter((one) => duckdbNames.fold(one.prefix) === duckdbNames.fold(prefix));
}

function viewName(schema: string, prefix: string, kind: string): string {
  return `${duckdbQuoted(schema)}.${duckdbQuoted(`${prefix}_${kind}`)}`;
}
