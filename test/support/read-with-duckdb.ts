// A second reader of the lake, DuckDB, which shares no code with the writer. A person who queries the lake gives names
// and types to its columns.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type JS } from '@duckdb/node-api';

/** Each line becomes a file, as in the lake. `columns` has DuckDB's types by name, and `select` queries `files`. */
export async function readWithDuckDb(
  lines: readonly string[],
  columns: Readonly<Record<string, string>>,
  select = 'SELECT * FROM files',
): Promise<Record<string, JS>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lake-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await Promise.all(
      lines.map((line, index) => writeFile(join(folder, `${String(index).padStart(6, '0')}.json`), line)),
    );
    const types = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
    const files = `read_json('${join(folder, '*.json').replaceAll("'", "''")}', columns = {${types.join(', ')}})`;
    const result = await connection.runAndReadAll(`WITH files AS (FROM ${files}) ${select}`);
    return result.getRowObjectsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}
