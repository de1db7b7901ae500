// Spark with Delta, as Synapse and Fabric have it, and the jobs of infra/spark in it.
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** Runs a job in the session that is open; what it printed. */
export async function runJob(name: string, ...args: readonly string[]): Promise<string> {
  const { result, printed } = await spark().call('job', { name, arguments: args });
  if (result !== 0) throw new Error(`${name} ended with ${result}: ${printed}`);
  return printed;
}

/** Runs the notebook of infra/spark over other places; what it printed. */
export async function runNotebook(places: Readonly<Record<string, string>>): Promise<string> {
  const jobs = join(root, 'infra', 'spark');
  const path = join(jobs, 'atlas-lake-sync.ipynb');
  const { printed } = await spark().call('notebook', { path, places: { jobs, ...places } });
  return printed;
}

/** The sequences that a stream over the table reads, batch by batch. */
export async function streamed(path: string, checkpoint: string): Promise<readonly (readonly string[])[]> {
  const { result } = await spark().call('stream', { path, checkpoint });
  return Array.isArray(result) ? result : [];
}

/** Starts a job as `spark-submit` does: a process of its own, that can be killed. */
export function submitJob(name: string, ...args: readonly string[]) {
  const submit = join(dirname(pythonOf('spark')), 'spark-submit');
  return spawn(submit, [join(root, 'infra', 'spark', `${name}.py`), ...args], {
    env: { ...engineEnvironment('spark'), PATH: `${dirname(pythonOf('spark'))}:${process.env['PATH']}` },
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
}

export function rowsOf(result: unknown): readonly Row[] {
  if (!Array.isArray(result)) throw new Error('the engine gave no rows');
  return result;
}
