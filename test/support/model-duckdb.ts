// The latest state by the statements of docs/lake.md.
import assert from 'node:assert/strict';
import { DuckDBInstance } from '@duckdb/node-api';
import { markdownPage } from './markdown.ts';
import type { Collection } from './model-plan.ts';

const { fences } = markdownPage(new URL('../../docs/lake.md', import.meta.url));

/** Key, title and views of each document, as text, in the order of the keys. */
export async function latestByDuckDb(folder: string, coll: Collection): Promise<string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const lake = `'${folder.replaceAll('\\', '/').replaceAll("'", "''")}/sample_mflix/${coll}/`;
    await connection.run(statement('DuckDB: history').replace("'lake/sample_mflix/movies/", () => lake));
    const rows = (await connection.runAndReadAll(statement('DuckDB: latest state'))).getRowObjectsJS();
    return rows.map(({ document_key, title, views }) => rowText(document_key, title, views)).sort();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The same text for documents. */
export function rowsOf(state: ReadonlyMap<string, unknown>): string[] {
  return [...state]
    .map(([key, document]) => {
      const { title, views } = Object(document);
      return rowText(key, title, views);
    })
    .sort();
}

function rowText(key: unknown, title: unknown, views: unknown): string {
  return `${key} ${title} ${views}`;
}

function statement(name: string): string {
  return fences('sql').find((sql) => sql.startsWith(`-- ${name}\n`)) ?? assert.fail(`there is no statement "${name}"`);
}
