// Does the same work by our commands and by Spark, each in a separate process, and measures it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pythonOf } from '../../local/engines/environments.ts';
import { root } from '../../local/paths.ts';

export interface Question {
  readonly name: string;
  readonly duckDb: string;
  readonly spark: string;
}

export const questions: readonly Question[] = [
  {
    name: 'count per day',
    duckDb: 'SELECT date, count(*) AS n FROM shop.orders_changes GROUP BY date ORDER BY date',
    spark: 'SELECT date, count(*) AS n FROM shop.orders_changes GROUP BY date ORDER BY date',
  },
  {
    name: 'newest state of 1,000 keys',
    duckDb: 'SELECT count(*) AS n, max(_sequence) AS newest FROM shop.orders_latest',
    spark: 'SELECT count(*) AS n, max(_sequence) AS newest FROM shop.orders_latest',
  },
  {
    name: 'one field over all',
    duckDb: "SELECT CAST(sum(CAST(data ->> '$.total' AS BIGINT)) AS BIGINT) AS n FROM shop.orders_changes",
    spark: "SELECT sum(CAST(get_json_object(data, '$.total') AS BIGINT)) AS n FROM shop.orders_changes",
  },
];

export interface Run {
  readonly seconds: number;
  readonly printed: string;
}

export interface SparkRun {
  readonly start: number;
  readonly compact: number;
  readonly answers: readonly { readonly seconds: number; readonly rows: unknown }[];
}

export async function runOurs(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Run> {
  const script = ['--disable-warning=ExperimentalWarning', 'local/run.ts'];
  return await run(process.execPath, [...script, ...args], { ...process.env, ...environment });
}

/** One session for everything: a table by compact.py, then each question to the table of our own compaction. */
export async function runSpark(lake: string, tables: string, views: string): Promise<SparkRun> {
  const bin = dirname(pythonOf('spark'));
  const jobs = join(root, 'infra', 'spark');
  const given = { lake, tables, views: views.split(/;\n/), questions: questions.map(({ spark }) => spark) };
  const environment = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env['PATH']}`,
    PYSPARK_PYTHON: pythonOf('spark'),
    PYTHONPATH: jobs,
    PYTHONDONTWRITEBYTECODE: '1',
    SPARK_LOCAL_IP: '127.0.0.1',
    LAUNCHED: String(Date.now() / 1000),
    GIVEN: JSON.stringify(given),
  };
  const script = join(root, 'test', 'bench', 'engines_in_spark.py');
  // Spark's defaults of 200 and 50 partitions are for clusters. Here they would be most of the cost.
  const settings = ['sql.shuffle.partitions=4', 'databricks.delta.snapshotPartitions=2', 'ui.enabled=false'];
  const options = ['--master', 'local[*]', '--driver-memory', '4g'].concat(
    settings.flatMap((setting) => ['--conf', `spark.${setting}`]),
  );
  const { printed } = await run(join(bin, 'spark-submit'), [...options, script], environment);
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  const started = performance.now();
  const child = spawn(program, args, { cwd: program === process.execPath ? root : tmpdir(), env });
  child.stdin.end();
  const [printed, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  if (code !== 0) throw new Error(`Cannot measure: "${args.join(' ').slice(0, 200)}" must succeed: ${complaints}`);
  return { seconds: (performance.now() - started) / 1000, printed };
}
