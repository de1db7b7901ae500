import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { root } from '../../local/paths.ts';
import { temporaryFolder } from '../support/lakes.ts';

// Replaces npm, because npm needs a network and a minute. It does what `npm ci` does to the folder, or what NPM_FAULT
// says.
const npm = `#!${process.execPath}
const { appendFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
rmSync('node_modules', { recursive: true, force: true });
const binary = \`node_modules/node-\${process.platform}-\${process.arch}/bin\`;
mkdirSync(binary, { recursive: true });
symlinkSync(process.execPath, binary + '/node');
if (process.env.NPM_FAULT === 'slow') {
  writeFileSync('npm-pid', String(process.pid));
  setInterval(() => existsSync('go-on') && process.exit(0), 20);
}
if (process.env.NPM_FAULT === 'killed') process.kill(process.pid, 'SIGKILL');
if (process.env.NPM_FAULT === 'offline') process.exit(1);
`;

const asOldNodeOnMac = `
for (const [name, value] of Object.entries({ platform: 'darwin', version: 'v20.1.0', versions: { node: '20.1.0' } }))
  Object.defineProperty(process, name, { value });`;
const oldNodeOnMac = `data:text/javascript,${encodeURIComponent(asOldNodeOnMac)}`;

describe('local/bootstrap.mjs', () => {
  it('installs once, by the lockfile and without install scripts, and runs the command', async (t) => {
    const clone = await freshClone(t);

    const first = await run(clone, ['hello', 'a', '--b']);
    const second = await run(clone, ['hello']);

    assert.deepEqual([first.code, first.output], [0, 'hello ["a","b"]\n']);
    assert.deepEqual([second.code, second.output], [0, 'hello []\n']);
    assert.deepEqual(await npmCalls(clone), ['ci --ignore-scripts --loglevel=error']);
  });

  it('puts Node in the place of the package `node`', async (t) => {
    const clone = await freshClone(t);
    await run(clone, ['hello']);

    const child = spawn(join(clone, 'node_modules/node/bin/node'), ['--version'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

    assert.equal(await text(child.stdout), `${process.version}\n`);
  });

  for (const fault of ['killed', 'offline']) {
    it(`says so when npm is ${fault}, and installs again the next time`, async (t) => {
      const clone = await freshClone(t);

      const first = await run(clone, ['hello'], { NPM_FAULT: fault });
      const lock = readFile(join(clone, '.installing'));
      await assert.rejects(lock, { code: 'ENOENT' });
      const second = await run(clone, ['hello']);

      assert.equal(first.code, 1);
      assert.match(first.errors, /^Cannot install dependencies: "npm ci" must succeed/m);
      assert.deepEqual([second.code, second.output], [0, 'hello []\n']);
      assert.equal((await npmCalls(clone)).length, 2);
    });
  }

  it('installs again when the lockfile has changed', async (t) => {
    const clone = await freshClone(t);
    await run(clone, ['hello']);
    await writeFile(join(clone, 'package-lock.json'), '{"another": true}');

    await run(clone, ['hello']);

    assert.equal((await npmCalls(clone)).length, 2);
  });

  it('installs once for two commands that start at once', async (t) => {
    const clone = await freshClone(t);

    const results = await Promise.all([run(clone, ['hello']), run(clone, ['hello'])]);

    assert.deepEqual(
      results.map(({ output }) => output),
      ['hello []\n', 'hello []\n'],
    );
    assert.equal((await npmCalls(clone)).length, 1);
  });

  it('ends npm when it is interrupted, and installs again the next time', async (t) => {
    const clone = await freshClone(t);
    const first = start(clone, ['hello'], { NPM_FAULT: 'slow' });
    const npmPid = await eventually(() => readFile(join(clone, 'npm-pid'), 'utf8'));

    first.kill('SIGINT');
    const [code] = await once(first, 'exit');
    const second = await run(clone, ['hello']);

    assert.equal(code, 130);
    assert.throws(() => process.kill(Number(npmPid), 0), { code: 'ESRCH' });
    assert.deepEqual([second.code, second.output], [0, 'hello []\n']);
  });

  it('waits for the npm of a killed command, and then installs again', async (t) => {
    const clone = await freshClone(t);
    const first = start(clone, ['hello'], { NPM_FAULT: 'slow' });
    await eventually(() => readFile(join(clone, 'npm-pid'), 'utf8'));
    await eventually(async () => (await readFile(join(clone, '.installing'), 'utf8')).split(' ')[1]);
    first.kill('SIGKILL');
    await once(first, 'exit');

    const second = start(clone, ['hello']);
    const waiting = await once(second.stderr, 'data');
    await writeFile(join(clone, 'go-on'), '');

    assert.match(String(waiting), /^Waiting for another command that is installing/);
    assert.equal(await text(second.stdout), 'hello []\n');
    assert.equal((await npmCalls(clone)).length, 2);
  });

  it('ignores the lock of a command that was killed', async (t) => {
    const clone = await freshClone(t);
    const gone = spawn(process.execPath, ['--eval', '']);
    await once(gone, 'exit');
    await writeFile(join(clone, '.installing'), String(gone.pid));

    assert.equal((await run(clone, ['hello'])).code, 0);
  });

  it('asks for a newer Node before the install on a platform without a pinned one', async (t) => {
    const clone = await freshClone(t);

    const { code, errors } = await run(clone, ['hello'], { NODE_OPTIONS: `--import=${oldNodeOnMac}` });

    assert.equal(code, 1);
    assert.match(errors, /^Cannot run on darwin-\w+: Node must be 22\.18 or later there: this is v20\.1\.0$/m);
    await assert.rejects(npmCalls(clone), { code: 'ENOENT' });
  });

  it('ends as the command ends', async (t) => {
    const clone = await freshClone(t);

    assert.equal((await run(clone, ['fail'])).code, 3);
  });
});

async function freshClone(t: TestContext): Promise<string> {
  const clone = await temporaryFolder(t);
  await mkdir(join(clone, 'local/commands'), { recursive: true });
  const sources = [
    'bootstrap.mjs',
    'install.mjs',
    'install-lock.mjs',
    'orphan.mjs',
    'run.ts',
    'bundled-packages.ts',
    'paths.ts',
    'command.ts',
    'closed-pipe.ts',
    'printable.ts',
  ].map((file) => `local/${file}`);
  for (const file of [...sources, 'shared/lake/fault.ts', 'package.json', 'package-lock.json'])
    await cp(join(root, file), join(clone, file));
  await writeFile(
    join(clone, 'local/commands/hello.ts'),
    `export const command = { help: '', flags: ['b'], takesWords: true, run: async (options: object, { words, write }) =>
      write('hello ' + JSON.stringify([...words, ...Object.keys(options)])) };`,
  );
  await writeFile(join(clone, 'local/commands/fail.ts'), "export const command = { help: '', run: async () => 3 };");
  await mkdir(join(clone, 'bin'));
  await writeFile(join(clone, 'bin/package.json'), '{ "type": "commonjs" }');
  await writeFile(join(clone, 'bin/npm'), npm);
  await chmod(join(clone, 'bin/npm'), 0o755);
  return clone;
}

async function run(clone: string, args: readonly string[], environment: Record<string, string> = {}) {
  const child = start(clone, args, environment);
  const [[code], output, errors] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { code, output, errors };
}

function start(clone: string, args: readonly string[], environment: Record<string, string> = {}) {
  return spawn(process.execPath, [join(clone, 'local/bootstrap.mjs'), ...args], {
    cwd: clone,
    env: { PATH: `${join(clone, 'bin')}:${process.env['PATH']}`, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Waits for the text that another process writes. */
async function eventually(look: () => Promise<string | undefined>): Promise<string> {
  for (;;) {
    const seen = await look().catch(() => undefined);
    if (seen) return seen;
    await new Promise(setImmediate);
  }
}

async function npmCalls(clone: string): Promise<string[]> {
  return (await readFile(join(clone, 'npm-calls'), 'utf8')).trim().split('\n');
}
