// Compares npm run tables -- compact with a bare loop. The loop lists and reads the same files, and writes nothing.
// Each round runs both in turn, in separate processes. Storage answers after 20 ms.
import { batchFilesOf, eventFile, insertEvent, type LakeEventFile } from '../support/lake-events.ts';
import { type BlobStorage, blobStorage } from './blob-storage.ts';
import { batchSize, eventsOf } from './kilobyte-events.ts';
import { measuredRun, noStorage, type Run } from './measured-run.ts';
import { spreadOf } from './statistics.ts';
import { printQueryTimes } from './tables-query.ts';

const isQuick = process.argv.includes('--quick');
const events = isQuick ? 5_000 : 100_000;
const rounds = isQuick ? 1 : Number(optionOf('rounds') ?? 3);
const aims = { ofBareLoop: 0.8, eventsPerSecond: 30_000, megabytes: 400 };

const compact = ['local/run.ts', 'tables', 'compact', '--json'];
const bareLoop = ['test/bench/bare-read.ts'];

const parts: Readonly<Record<string, () => Promise<void>>> = { events: eventFiles, batches, documents, million, query };
const only = optionOf('only');
for (const [name, measure] of Object.entries(parts)) if (only === undefined || only === name) await measure();

function optionOf(name: string): string | undefined {
  return process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

async function eventFiles(): Promise<void> {
  const { tables, bare } = await bothOver(`${events} event files`, (batch) => batch.map((event) => eventFile(event)));
  judge('event files: of the bare loop', perSecond(tables) / perSecond(bare), aims.ofBareLoop);
  judgeMemory(tables);
}

async function batches(): Promise<void> {
  const { tables } = await bothOver(`${events / batchSize} batch files of ${batchSize}`, batchFilesOf);
  judge('batch files: events per second', perSecond(tables), aims.eventsPerSecond);
  judgeMemory(tables);
}

/** Each is a file, and a row group. */
async function documents(): Promise<void> {
  const storage = await blobStorage(20);
  try {
    const text = 'as agreed by telephone, '.repeat(16_000_000 / 24);
    const count = isQuick ? 3 : 20;
    for (let second = 0; second < count; second++)
      put(storage, [eventFile(insertEvent({ second, fields: { fullDocument: { _id: second, text } } }))]);
    const run = await measuredRun(storage, compact);
    console.log(`${count} documents of 16 MB: ${run.seconds.toFixed(1)} s`);
    judgeMemory([run]);
  } finally {
    storage.close();
  }
}

async function million(): Promise<void> {
  const count = isQuick ? 20_000 : 1_000_000;
  const run = await measuredRun(noStorage, ['test/bench/tables-million.ts', String(count)]);
  console.log(
    `${count} events of one second, each once: ${run.seconds.toFixed(1)} s, ${run.megabytes.toFixed(0)} MB with the table\n`,
  );
}

async function query(): Promise<void> {
  await printQueryTimes(Array.from({ length: events / batchSize }, (_, batch) => () => eventsOf(batch)));
}

async function bothOver(what: string, filesOf: (batch: readonly object[]) => readonly LakeEventFile[]) {
  const storage = await blobStorage(20);
  try {
    for (let batch = 0; batch < events / batchSize; batch++) put(storage, filesOf(eventsOf(batch)));
    const runs = { tables: [] as Run[], bare: [] as Run[] };
    for (let round = 0; round < rounds; round++) {
      runs.tables.push(await measuredRun(storage, compact));
      for (const name of storage.blobs.keys()) if (name.startsWith('lake-tables/')) storage.blobs.delete(name);
      runs.bare.push(await measuredRun(storage, bareLoop));
    }
    report(what, runs.tables, runs.bare);
    return runs;
  } finally {
    storage.close();
  }
}

function put({ blobs }: BlobStorage, files: readonly LakeEventFile[]): void {
  for (const { path, content } of files) blobs.set(path, content);
}

function median(runs: readonly Run[], of: (run: Run) => number): number {
  return spreadOf(runs.map(of)).median;
}

/** The program's own clock, because the time to start is another figure. */
function perSecond(runs: readonly Run[]): number {
  return events / median(runs, ({ seconds }) => seconds);
}

function report(what: string, ...both: readonly (readonly Run[])[]): void {
  const figures = (name: string, of: (run: Run) => number, digits: number): void =>
    row(
      name,
      both.map((runs) => median(runs, of).toFixed(digits)),
    );
  row(what, ['tables', 'bare loop']);
  figures('events per second', ({ seconds }) => events / seconds, 0);
  figures('the same, program start included', ({ wallSeconds }) => events / wallSeconds, 0);
  figures('requests per event', ({ requests }) => requests / events, 4);
  figures('CPU per event, µs', ({ cpuSeconds }) => (cpuSeconds * 1e6) / events, 0);
  figures('peak memory, MB', ({ megabytes }) => megabytes, 0);
}

function row(name: string, cells: readonly string[]): void {
  console.log(name.padEnd(34) + cells.map((cell) => cell.padStart(12)).join(''));
}

function judge(what: string, found: number, aim: number): void {
  const verdict = found >= aim ? 'met' : 'missed';
  const told = isQuick ? `${aim} is not judged by so few events` : `${aim} is ${verdict}`;
  console.log(`${what}: ${found.toFixed(2)}: the aim of ${told}\n`);
}

function judgeMemory(runs: readonly Run[]): void {
  const most = Math.max(...runs.map(({ megabytes }) => megabytes));
  const verdict = most < aims.megabytes ? 'met' : 'missed';
  console.log(
    `peak memory under a heap of 512 MB: ${most.toFixed(0)} MB: the aim of under ${aims.megabytes} is ${verdict}\n`,
  );
}
