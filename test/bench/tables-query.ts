// Compares one day of events in DuckDB: the files of the lake, and their table, on this machine's disk.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { eventFile } from '../support/lake-events.ts';
import { benchFolder } from './bench-folder.ts';
import { measuredRun, noStorage } from './measured-run.ts';
import { spreadOf } from './statistics.ts';

const rounds = 3;
const columns = "{operationType: 'VARCHAR', data: 'JSON', sequence: 'VARCHAR', clusterTime: 'VARCHAR'}";

/** The same question to each source. */
const sources = (folder: string) => ({
  files: `read_json('${folder}/lake/**/*.json', format = 'newline_delimited', columns = ${columns}, maximum_object_size = 33554432)`,
  table: `read_parquet('${folder}/lake-tables/shop/orders/*/*.parquet')`,
});

export async function printQueryTimes(batches: readonly (() => readonly object[])[]): Promise<void> {
  const folder = benchFolder('tables-query-');
  for (const batch of batches)
    for (const event of batch()) {
      const { path, content } = eventFile(event);
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  const environment = { LAKE_URL: `file:${folder}/lake` };
  await measuredRun({ ...noStorage, environment }, ['local/run.ts', 'tables', 'compact', '--json']);
  const { files, table } = sources(folder);
  const [ofFiles, ofTable] = [await secondsOf(files), await secondsOf(table)];
  if (ofFiles.answer !== ofTable.answer) throw new Error('Cannot compare: both must give one answer: they differ');
  console.log(
    `one query over the day in DuckDB: ${ofFiles.seconds.toFixed(2)} s over files, ${ofTable.seconds.toFixed(3)} s over the table: ${(ofFiles.seconds / ofTable.seconds).toFixed(0)} times as fast\n`,
  );
}

async function secondsOf(source: string): Promise<{ readonly seconds: number; readonly answer: string }> {
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  try {
    const seconds: number[] = [];
    let answer = '';
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      const result = await connection.runAndReadAll(
        `select "operationType", count(*), max(cast(json_extract(data, '$._id') as bigint)), max(sequence) from ${source} group by all order by all`,
      );
      seconds.push((performance.now() - started) / 1000);
      answer = JSON.stringify(result.getRowsJson());
    }
    return { seconds: spreadOf(seconds).median, answer };
  } finally {
    connection.closeSync();
  }
}
