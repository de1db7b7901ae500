// A Python process that answers one request after another. So an engine starts once for many queries.
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type EnvironmentName, pythonOf } from '../../../local/engines/environments.ts';
import { root } from '../../../local/paths.ts';

export interface PythonWorker {
  readonly call: (name: string, given: Readonly<Record<string, unknown>>) => Promise<Answer>;
}

export interface Answer {
  readonly result: unknown;
  readonly printed: string;
}

/** The worker ends with this process, because its input closes. It keeps this process alive only while it works. */
export function pythonWorker(environment: EnvironmentName, script: string): PythonWorker {
  const child = spawn(pythonOf(environment), [join(root, 'test', 'engines', 'python', script)], {
    env: engineEnvironment(environment),
    cwd: tmpdir(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${script} ended with code ${code}: see above`)));
  });
  ended.catch(() => undefined);
  let last: Promise<unknown> = Promise.resolve();
  rest(child);

  async function ask(name: string, given: Readonly<Record<string, unknown>>): Promise<Answer> {
    child.ref();
    Object(child.stdout).ref();
    child.stdin.write(`${JSON.stringify({ call: name, with: given })}\n`);
    const { value = '' } = await Promise.race([lines.next(), ended]);
    rest(child);
    const answer = JSON.parse(value);
    if (answer.error !== undefined) throw new Error(answer.error, { cause: answer.trace });
    return answer;
  }

  return {
    call: (name, given) => {
      const answer = last.then(() => ask(name, given));
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}

function rest(child: ChildProcess): void {
  child.unref();
  for (const pipe of [child.stdin, child.stdout]) if (pipe !== null && 'unref' in pipe) Object(pipe).unref();
}

/** The environment variables of an engine's process. Spark's own workers find the jobs by PYTHONPATH. */
export function engineEnvironment(environment: EnvironmentName): NodeJS.ProcessEnv {
  const jobs = join(root, 'infra', 'spark');
  return {
    ...process.env,
    PYTHONPATH: jobs,
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    JOBS: jobs,
    // Spark does not run in UTC here: a job that uses local time by mistake then fails. The other engines return UTC
    // without a zone.
    TZ: environment === 'spark' ? 'America/New_York' : 'UTC',
    PYSPARK_PYTHON: pythonOf(environment),
    SPARK_CONF_DIR: join(root, 'test', 'engines', 'spark'),
    SPARK_LOCAL_IP: '127.0.0.1',
  };
}
