// npm run tables -- compact beside a bare loop that lists and reads the same files and writes nothing. Each round runs
// both in turn, in separate processes. Storage answers after 20 ms.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { root } from '../../local/paths.ts';
import { batchFilesOf, eventFile, insertEvent, type LakeEventFile } from '../support/lake-events.ts';
import { type BlobStorage, blobStorage } from './blob-storage.ts';
import { spreadOf } from './statistics.ts';

const isQuick = process.argv.includes('--quick');
const events = isQuick ? 5_000 : 100_000;
const rounds = isQuick ? 1 : 3;
const batchSize = 1_000;
const aims = { ofBareLoop: 0.8, eventsPerSecond: 30_000 };

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly requests: number;
}

const single = await bothOver(`${events} event files`, (batch) => batch.map((event) => eventFile(event)));
const batched = await bothOver(`${events / batchSize} batch files of ${batchSize}`, batchFilesOf);
judge('event files: of the bare loop', perSecond(single.tables) / perSecond(single.bare), aims.ofBareLoop);
judge('batch files: events per second', perSecond(batched.tables), aims.eventsPerSecond);

async function bothOver(what: string, filesOf: (batch: readonly object[]) => readonly LakeEventFile[]) {
  const storage = await blobStorage(20);
  try {
    for (let batch = 0; batch < events / batchSize; batch++)
      for (const { path, content } of filesOf(eventsOf(batch))) storage.blobs.set(path, content);
    const runs = { tables: [] as Run[], bare: [] as Run[] };
    for (let round = 0; round < rounds; round++) {
      runs.tables.push(await measured(storage, ['local/run.ts', 'tables', '--', 'compact']));
      for (const name of storage.blobs.keys()) if (name.startsWith('lake-tables/')) storage.blobs.delete(name);
      runs.bare.push(await measured(storage, ['test/bench/bare-read.ts']));
    }
    report(what, runs.tables, runs.bare);
    return runs;
  } finally {
    storage.close();
  }
}

/** Of one kilobyte, within one hour, and all of them within one day. */
function eventsOf(batch: number): object[] {
  const note = 'as agreed by telephone, '.repeat(28);
  return [...Array(batchSize).keys()].map((index) =>
    insertEvent({ second: batch * 300, increment: index + 1, fields: { fullDocument: { _id: index, note } } }),
  );
}

async function measured({ environment, requests }: BlobStorage, args: readonly string[]): Promise<Run> {
  const before = requests();
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', './test/bench/report-usage.ts', ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const channel = child.stdio[3];
  if (!(channel instanceof Readable)) throw new Error('Cannot measure: the program must have a fourth channel');
  const usage = text(channel);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`Cannot measure: "${args.join(' ')}" must end well: it ended with ${code}`);
  const { cpuSeconds, megabytes } = JSON.parse(await usage);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds, megabytes, requests: requests() - before };
}

function median(runs: readonly Run[], of: (run: Run) => number): number {
  return spreadOf(runs.map(of)).median;
}

function perSecond(runs: readonly Run[]): number {
  return events / median(runs, ({ seconds }) => seconds);
}

function report(what: string, ...both: readonly (readonly Run[])[]): void {
  const row = (name: string, cells: readonly string[]): void =>
    console.log(name.padEnd(34) + cells.map((cell) => cell.padStart(12)).join(''));
  const figures = (name: string, of: (run: Run) => number, digits: number): void =>
    row(
      name,
      both.map((runs) => median(runs, of).toFixed(digits)),
    );
  row(what, ['tables', 'bare loop']);
  row(
    'events per second',
    both.map((runs) => perSecond(runs).toFixed(0)),
  );
  figures('requests per event', ({ requests }) => requests / events, 4);
  figures('CPU per event, µs', ({ cpuSeconds }) => (cpuSeconds * 1e6) / events, 0);
  figures('peak memory, MB', ({ megabytes }) => megabytes, 0);
  console.log('');
}

function judge(what: string, found: number, aim: number): void {
  const verdict = found >= aim ? 'met' : 'missed';
  // The start of the program is most of a quick run.
  const told = isQuick ? `${aim} is not judged by so few events` : `${aim} is ${verdict}`;
  console.log(`${what}: ${found.toFixed(2)}: the aim of ${told}`);
}
