import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { root } from '../../local/paths.ts';
import { temporaryFolder } from '../support/lakes.ts';

describe('npm start', () => {
  it("stops when npm is killed, also with npm's shell in between", async (t) => {
    const { npm, closed, url } = await startedByNpm(t);
    assert.equal((await fetch(`${url}/api/health`)).status, 200);

    npm.kill('SIGTERM');

    // Its output ends when the last process that holds it has ended.
    await closed;
    await assert.rejects(fetch(`${url}/api/health`));
  });
});

describe('npm run bench', () => {
  it('leaves no folder behind when it is stopped', async (t) => {
    const parent = await temporaryFolder(t);
    const script = `import { benchFolder } from ${JSON.stringify(join(root, 'test/bench/bench-folder.ts'))};
      console.log(benchFolder('bench-')); setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, TMPDIR: parent },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [folder] = await once(createInterface({ input: child.stdout }), 'line');
    assert(existsSync(folder));

    child.kill('SIGINT');
    const [code] = await once(child, 'exit');

    assert.deepEqual([code, existsSync(folder)], [130, false]);
  });
});

async function startedByNpm(t: TestContext): Promise<{ npm: ChildProcess; closed: Promise<unknown>; url: string }> {
  const npm = spawn('npm', ['start', '--', '--app', root], {
    cwd: root,
    env: { ...process.env, PORT: '0', LAKE_URL: `file:${await temporaryFolder(t)}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // A failing test must not leave the receiver behind. So it has a process group of its own.
  t.after(() => {
    try {
      process.kill(-(npm.pid ?? 0), 'SIGKILL');
    } catch {
      // The whole group has ended.
    }
  });
  const lines = createInterface({ input: npm.stdout });
  const url = new Promise<string>((resolve) =>
    lines.on('line', (line) => {
      const found = /listens on (\S+)\/api\/change-events/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    }),
  );
  return { npm, closed: once(npm, 'close'), url: await url };
}
