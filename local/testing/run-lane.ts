// Runs the files of one lane in Node's test runner, and collects its reports.
import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { root } from '../paths.ts';
import type { LaneEvent } from './lane-reporter.ts';
import { type Lane, usesStorage } from './lanes.ts';

export interface Failure {
  readonly name: string;
  readonly where: string;
  readonly error: string;
}

export interface LaneResult {
  readonly failures: readonly Failure[];
  readonly counts: Readonly<Record<string, number>>;
  /** The last lines that tests printed. */
  readonly printed: readonly string[];
}

export interface LaneRun {
  readonly lane: Lane;
  readonly files: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onEvent: (event: LaneEvent) => void;
  /** The limit for one test or one file. */
  readonly testMs?: number;
  /** After this time without a report, the runner itself hangs. */
  readonly silentMs?: number;
}

const here = import.meta.dirname;
const unwatched = pathToFileURL(join(here, 'unwatched-promises.ts')).href;
const keptLines = 60;

export async function runLane(run: LaneRun): Promise<LaneResult> {
  const { testMs = 240_000, silentMs = 300_000, environment, onEvent } = run;
  const failures: Failure[] = [];
  const printed: string[] = [];
  const finished = new Set<string>();
  let counts: LaneResult['counts'] | undefined;
  let last = 'the files are loaded';
  const child = spawn(process.execPath, argumentsOf(run, testMs), {
    cwd: root,
    // Under a test runner, as in our own test, the lane would report to that runner.
    env: { ...environment, NODE_TEST_CONTEXT: undefined },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const silence = setTimeout(() => {
    failures.push({
      name: last,
      where: '',
      error: `Cannot continue: the lane must report: it is silent for ${silentMs / 1000} s`,
    });
    child.kill('SIGKILL');
  }, silentMs);
  child.on('message', (event: LaneEvent) => {
    silence.refresh();
    if (event.kind === 'begins') last = event.name;
    if (event.kind === 'finished') finished.add(event.file);
    if (event.kind === 'counted') counts = event.counts;
    if (event.kind === 'failed') failures.push(event);
    if (event.kind === 'printed') keep(event.text.trimEnd());
    onEvent(event);
  });
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface(stream).on('line', keep);

  const { code, signal } = await ended(child);
  clearTimeout(silence);
  if (counts === undefined && failures.length === 0) failures.push(crash(code, signal));
  if (run.lane === 'own process' && counts !== undefined)
    // Node counts a process that ends with 0 as passed.
    for (const file of run.files.filter((one) => !finished.has(resolve(root, one))))
      if (!failures.some(({ name }) => resolve(root, name) === resolve(root, file))) failures.push(unfinished(file));
  if (code !== 0 && failures.length === 0) failures.push(crash(code, signal));
  return { failures, counts: counts ?? {}, printed };

  function keep(text: string): void {
    printed.push(...text.split('\n'));
    printed.splice(0, printed.length - keptLines);
  }

  function unfinished(file: string): Failure {
    return { name: file, where: '', error: 'The process ended before all tests of the file were done' };
  }

  function crash(code: number | null, signal: string | null): Failure {
    const [told] = printed.filter((line) => line.startsWith('Ended with code ')).slice(-1);
    const how = `The process ended with ${signal ?? `code ${code}`} before all tests were done`;
    return { name: told ?? last, where: '', error: `${how}: ${told ?? `last begun: ${last}`}` };
  }
}

function argumentsOf({ lane, files }: LaneRun, testMs: number): string[] {
  const flags = [
    '--disable-warning=ExperimentalWarning',
    // An open handle of a test must not keep the run alive.
    '--test-force-exit',
    `--test-timeout=${testMs}`,
    `--test-reporter=${join(here, 'lane-reporter.ts')}`,
    ...(usesStorage(root, files) ? [`--test-global-setup=${join(root, 'test/support/one-azurite.ts')}`] : []),
  ];
  if (lane === 'own process') return [...flags, '--test', '--test-concurrency=1', ...files];
  return [...flags, `--import=${unwatched}`, join(here, 'load-files.ts'), ...files];
}

/** Waits for the exit and for the end of the output. */
async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  return await new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
}
