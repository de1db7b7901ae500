// The receiver as a person runs it: a separate process with HTTP.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { root } from '../../local/paths.ts';

/** This only names the missing line, before the runner ends the test after 240 s. */
const logMs = 200_000;

export interface RunningReceiver {
  readonly url: string;
  readonly child: ChildProcess;
  /** The lines that it has printed so far. */
  readonly lines: readonly string[];
  /** Waits for a number of matching lines, because they come later than their answers. */
  readonly logged: (pattern: RegExp, count?: number) => Promise<readonly string[]>;
  readonly post: (body: string | Uint8Array, headers?: Record<string, string>) => Promise<Response>;
  /** Ends it with a signal, and returns its exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

const run = join(root, 'local', 'run.ts');
const worker = join(root, 'test', 'support', 'worker.ts');
const serve = join(root, 'test', 'support', 'serve-app.ts');

/** Serves the built app, so that no test waits for a build. */
export function startReceiver(t: Pick<TestContext, 'after'>, environment: Record<string, string>, app = root) {
  return spoken(t, spawnNode(run, { PORT: '0', ...environment }, ['start', '--app', app]));
}

/** Serves the built app as Azure does, with any settings. */
export function serveApp(t: Pick<TestContext, 'after'>, environment: Record<string, string>) {
  return spoken(t, spawnNode(serve, environment, []));
}

/** Runs the built app through its own copy of @azure/functions, as Azure's worker does. */
export function runWorker(
  t: Pick<TestContext, 'after'>,
  environment: Record<string, string>,
  app = root,
  mode = 'streamed',
) {
  return spoken(t, spawnNode(worker, environment, [app, mode]));
}

async function spoken(t: Pick<TestContext, 'after'>, child: ReturnType<typeof spawnNode>): Promise<RunningReceiver> {
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const printed = new EventEmitter();
  const ready = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      printed.emit('line');
      const url = /listens on (\S+)\/api\/change-events/.exec(line)?.[1];
      if (url !== undefined) ready.resolve(url);
    });
  }
  let hasEnded = false;
  child.once('close', () => {
    hasEnded = true;
    // Wakes the tests that wait for a line. They look once more.
    printed.emit('line');
  });
  child.once('exit', (code) => ready.reject(new Error(`Cannot start the receiver: exit ${code}: ${lines.join('\n')}`)));
  const url = await ready.promise;

  return {
    url,
    child,
    lines,
    logged: async (pattern, count = 1) => {
      const signal = AbortSignal.timeout(logMs);
      for (;;) {
        const matching = lines.filter((line) => pattern.test(line));
        if (matching.length >= count) return matching;
        const missing = (): never => assert.fail(`${matching.length} of ${count}: ${pattern}`);
        if (hasEnded) missing();
        await once(printed, 'line', { signal }).catch(missing);
      }
    },
    post: (body, headers = { 'content-type': 'application/json' }) =>
      fetch(`${url}/api/change-events`, { method: 'POST', headers, body: Buffer.from(body) }),
    stop: async (signal = 'SIGINT') => {
      const exit = once(child, 'exit');
      child.kill(signal);
      const [code] = await exit;
      return code;
    },
  };
}

/** Sends the beginning of an endless body, and returns the status of the early answer. */
export async function postEndlessly(url: string): Promise<number | undefined> {
  const headers = { 'content-type': 'application/json' };
  const endless = request(`${url}/api/change-events`, { method: 'POST', headers });
  // An early answer also closes the connection.
  endless.on('error', () => undefined);
  endless.write(Buffer.alloc(2000, ' '));
  const [response] = await once(endless, 'response');
  return response.statusCode;
}

/** For a start that must fail: its exit code and its output. */
export async function failToStart(environment: Record<string, string>, ...args: string[]) {
  const child = spawnNode(run, { PORT: '0', ...environment }, ['start', ...(args.length > 0 ? args : ['--app', root])]);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => output.push(String(text)));
  const [code] = await once(child, 'close');
  return { code, output: output.join('') };
}

function spawnNode(script: string, environment: Record<string, string>, args: readonly string[]) {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  return spawn(process.execPath, [script, ...args], {
    env: { PATH, NODE_COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
