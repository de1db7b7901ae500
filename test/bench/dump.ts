// npm run load beside a bare loop. The loop reads the same dump, and puts its bytes in as many files. Each round runs
// both in turn, in separate processes. Storage answers after 20 ms.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { root } from '../../local/paths.ts';
import { spreadOf } from './statistics.ts';
import { type CountingStorage, countingStorage } from './storage.ts';

const documents = 200_000;
const loadOptions = ['--namespace', 'shop.orders', '--at', '2026-11-20T10:00:00Z'];
/** A median of few rounds differs by a tenth from run to run. */
const rounds = 11;
const aims = { ratio: 0.5, megabytes: 300 };

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly requests: number;
}

const folder = await mkdtemp(join(tmpdir(), 'dump-'));
const storage = await countingStorage(20);
try {
  const file = join(folder, 'documents.json');
  await writeDump(file);
  const runs = { load: [] as Run[], bare: [] as Run[] };
  for (let round = 0; round < rounds; round++) {
    const load = await measured(storage, ['local/run.ts', 'load', '--file', file, ...loadOptions]);
    runs.load.push(load);
    runs.bare.push(await measured(storage, ['test/bench/bare-dump.ts', file, String(load.requests)]));
  }
  report(runs.load, runs.bare);
} finally {
  storage.close();
  await rm(folder, { recursive: true, force: true });
}

/** Documents of one kilobyte, in the spelling of mongoexport. */
async function writeDump(file: string): Promise<void> {
  const out = createWriteStream(file);
  for (let number = 0; number < documents; number++) {
    const document = {
      _id: { $oid: number.toString(16).padStart(24, '0') },
      customer: `customer ${number % 1000}`,
      items: { $numberInt: String(number % 9) },
      total: { $numberDouble: `${number}.25` },
      placed: { $date: { $numberLong: String(1_700_000_000_000 + number) } },
      states: ['ordered', 'paid', 'sent'],
      note: 'as agreed by telephone, '.repeat(33),
    };
    if (!out.write(`${JSON.stringify(document)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

async function measured({ environment, taken }: CountingStorage, args: readonly string[]): Promise<Run> {
  const before = taken().requests;
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', './test/bench/report-usage.ts', ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const usage = text(streamOf(child.stdio[3]));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`Cannot measure: "${args[0]}" must end well: it ended with ${code}`);
  const { cpuSeconds, megabytes } = JSON.parse(await usage);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds, megabytes, requests: taken().requests - before };
}

function streamOf(channel: unknown): Readable {
  if (channel instanceof Readable) return channel;
  throw new Error('Cannot measure: the program must have a fourth channel');
}

function report(load: readonly Run[], bare: readonly Run[]): void {
  const median = (runs: readonly Run[], of: (run: Run) => number): number => spreadOf(runs.map(of)).median;
  const perSecond = (runs: readonly Run[]): number => documents / median(runs, ({ seconds }) => seconds);
  const ratio = perSecond(load) / perSecond(bare);
  const megabytes = median(load, (run) => run.megabytes);
  const row = (what: string, ...cells: (string | number)[]): void =>
    console.log(what.padEnd(34) + cells.map((cell) => String(cell).padStart(12)).join(''));
  row(`medians of ${rounds} rounds`, 'load', 'bare loop');
  row('documents per second', Math.round(perSecond(load)), Math.round(perSecond(bare)));
  row('CPU seconds', ...[load, bare].map((runs) => median(runs, ({ cpuSeconds }) => cpuSeconds).toFixed(1)));
  row('peak memory, MB', ...[load, bare].map((runs) => Math.round(median(runs, (run) => run.megabytes))));
  row('requests', ...[load, bare].map((runs) => median(runs, ({ requests }) => requests)));
  console.log(
    `\n${ratio.toFixed(2)} of the bare loop: the aim of ${aims.ratio} is ${ratio >= aims.ratio ? 'met' : 'missed'}`,
  );
  console.log(
    `${Math.round(megabytes)} MB: the aim of ${aims.megabytes} is ${megabytes < aims.megabytes ? 'met' : 'missed'}`,
  );
}
