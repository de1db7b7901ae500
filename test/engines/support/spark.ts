// Spark with Delta, as Synapse and Fabric have it, and the jobs of infra/spark in it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pythonOf } from '../../../local/engines/environments.ts';
import { root } from '../../../local/paths.ts';
import { engineEnvironment, type PythonWorker, pythonWorker } from './python-worker.ts';

export type Row = Readonly<Record<string, unknown>>;

let worker: PythonWorker | undefined;

function spark(): PythonWorker {
  worker ??= pythonWorker('spark', 'spark_worker.py');
  return worker;
}

export async function sparkRows(text: string): Promise<readonly Row[]> {
  const { result } = await spark().call('sql', { text });
  return rowsOf(result);
}

export async function tableRows(path: string, orderBy: string): Promise<readonly Row[]> {
  return await sparkRows(`SELECT * FROM delta.\`${path}\` ORDER BY ${orderBy}`);
}

export async function sparkTypes(path: string): Promise<Row> {
  const { result } = await spark().call('types', { path });
  return Object(result);
}

/** Runs statements that return no rows. */
export async function runSparkScript(statements: readonly string[]): Promise<void> {
  await spark().call('script', { statements });
}

/** Returns the values that the jobs read from a document, for columns of a path and a type. */
export async function sparkValues(
  document: string,
  columns: readonly (readonly [readonly string[], string])[],
): Promise<unknown> {
  const { result } = await spark().call('values', { document, columns });
  return result;
}

/** Runs a job in the open session. Returns what it printed. */
export async function runJob(name: string, ...args: readonly string[]): Promise<string> {
  const { result, printed } = await spark().call('job', { name, arguments: args });
  if (result !== 0) throw new Error(`${name} ended with ${result}: ${printed}`);
  return printed;
}

/** Runs the notebook of infra/spark with other places. Returns how many cells ran, and what they printed. */
export async function runNotebook(places: Readonly<Record<string, string>>) {
  const jobs = join(root, 'infra', 'spark');
  const path = join(jobs, 'atlas-lake-sync.ipynb');
  const { result, printed } = await spark().call('notebook', { path, places: { jobs, ...places } });
  return { cells: Number(result), printed };
}

/** Returns the sequences that a stream over the table reads, batch by batch. */
export async function streamed(path: string, checkpoint: string): Promise<readonly (readonly string[])[]> {
  const { result } = await spark().call('stream', { path, checkpoint });
  return Array.isArray(result) ? result : [];
}

/** Where a job dies: before or after one of its merges, counted from 1. */
export interface Death {
  readonly merge: number;
  readonly when: 'before' | 'after';
}

/** Runs a job that dies by a fault in it. The session continues. */
export async function breakJob(name: string, { merge, when }: Death, ...args: readonly string[]): Promise<void> {
  const { result } = await spark().call('broken_job', { name, merge, when, arguments: args });
  if (result !== true) throw new Error(`${name} did not die ${when} its merge ${merge}`);
}

/** Runs a job by `spark-submit`, and kills it with its Spark. */
export async function killJob(name: string, { merge, when }: Death, ...args: readonly string[]): Promise<void> {
  const bin = dirname(pythonOf('spark'));
  const script = join(root, 'test', 'engines', 'python', 'killed_job.py');
  const job = spawn(join(bin, 'spark-submit'), [script, name, String(merge), when, ...args], {
    env: { ...engineEnvironment('spark'), PATH: `${bin}${delimiter}${process.env['PATH']}` },
    cwd: tmpdir(),
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  const [, signal] = await once(job, 'exit');
  if (signal !== 'SIGKILL') throw new Error(`${name} was not killed ${when} its merge ${merge}`);
}

export function rowsOf(result: unknown): readonly Row[] {
  if (!Array.isArray(result)) throw new Error('the engine gave no rows');
  return result;
}
