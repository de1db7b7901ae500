// npm run tables and DuckDB beside compact.py and Spark, over the same events in a folder. Local Spark has all cores,
// as both have.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { viewsOf } from '../engines/support/views-text.ts';
import { batchFilesOf, eventFile, insertEvent, type LakeEventFile } from '../support/lake-events.ts';
import { questions, type Run, runOurs, runSpark } from './engine-runs.ts';

const events = Number(process.argv[2]);
const batchSize = 1_000;
const keys = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'bench-engines-'));
try {
  await compare('event files', (batch) => batch.map((event) => eventFile(event)));
  await compare('batch files', batchFilesOf);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

async function compare(what: string, filesOf: (batch: readonly object[]) => readonly LakeEventFile[]): Promise<void> {
  const place = join(folder, what.replace(' ', '-'));
  note(`Writing ${what}`);
  const count = writeLake(place, filesOf);
  const lake = join(place, 'lake');
  const tables = join(place, 'tables');
  const environment = { LAKE_URL: `file:${lake}`, TABLES: 'delta', TABLES_URL: `file:${tables}` };
  console.log(`\n${events} events of 1 KB in ${count} ${what}`);

  note(`npm run query over ${what}`);
  const overFiles = await askOurs({ ...environment, TABLES_URL: `file:${join(place, 'none')}` });
  note(`npm run tables over ${what}`);
  const compacted = await runOurs(environment, 'tables', '--', 'compact');
  note('npm run query over the table');
  const overTable = await askOurs(environment);
  note(`Spark: compact.py over ${what}, and the questions over the table`);
  const spark = await runSpark(lake, tables, await viewsOf('spark', 'orders', lake, tables));

  row('', 'seconds', 'of Spark');
  row('Spark: start', spark.start);
  row('table: compact.py, without the start', spark.compact);
  row('table: npm run tables, whole command', compacted.seconds, spark.compact);
  for (const [at, { name }] of questions.entries()) {
    const [table, files, answer] = [overTable[at], overFiles[at], spark.answers[at]];
    if (table === undefined || files === undefined || answer === undefined) throw new Error(`${name} has no answer`);
    assert.deepEqual(JSON.parse(table.printed), answer.rows, name);
    assert.deepEqual(JSON.parse(files.printed), answer.rows, name);
    row(`${name}: Spark, table`, answer.seconds);
    row(`${name}: npm run query, table`, table.seconds, answer.seconds);
    row(`${name}: npm run query, files`, files.seconds, answer.seconds);
  }
}

/** Many versions of a thousand documents, over ten days. Returns the number of their files. */
function writeLake(place: string, filesOf: (batch: readonly object[]) => readonly LakeEventFile[]): number {
  let count = 0;
  for (let batch = 0; batch < events / batchSize; batch++)
    for (const { path, content } of filesOf(eventsOf(batch))) {
      mkdirSync(dirname(join(place, path)), { recursive: true });
      writeFileSync(join(place, path), content);
      count++;
    }
  return count;
}

function eventsOf(batch: number): object[] {
  const note = 'as agreed by telephone, '.repeat(28);
  const second = Math.floor((batch * 10 * batchSize) / events) * 86_400 + batch * 60;
  return Array.from({ length: batchSize }, (_, index) => {
    const _id = index % keys;
    const fields = {
      operationType: 'replace',
      documentKey: { _id },
      fullDocument: { _id, total: batch + index, note },
    };
    return insertEvent({ second, increment: index + 1, fields });
  });
}

async function askOurs(environment: NodeJS.ProcessEnv): Promise<Run[]> {
  const runs: Run[] = [];
  for (const { duckDb } of questions) runs.push(await runOurs(environment, 'query', duckDb, '--json'));
  return runs;
}

/** Prints the current step, and the time since the start. */
function note(text: string): void {
  console.error(`${String(Math.round(performance.now() / 1000)).padStart(5)} s  ${text} …`);
}

function row(name: string, seconds: number | string, spark?: number | string): void {
  const ratio = typeof seconds === 'number' && typeof spark === 'number' ? (seconds / spark).toFixed(2) : (spark ?? '');
  console.log(name.padEnd(48) + shown(seconds).padStart(10) + String(ratio).padStart(10));
}

function shown(seconds: number | string): string {
  return typeof seconds === 'number' ? seconds.toFixed(1) : seconds;
}
