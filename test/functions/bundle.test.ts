import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import ignore from 'ignore';
import { command } from '../../local/commands/package.ts';
import { deployedFiles } from '../../local/deployed-files.ts';
import { root } from '../../local/paths.ts';
import { changeEvents, textOf, withField } from '../support/change-events.ts';
import { performed } from '../support/commands.ts';
import { copyDeployedApp } from '../support/deployed-app.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { serveApp, startReceiver } from '../support/running-receiver.ts';

describe('the bundle', () => {
  it('works in an empty folder, with nothing beside it', async (t) => {
    const lake = await temporaryFolder(t);
    const receiver = await startReceiver(
      t,
      { LAKE_URL: `file:${lake}` },
      await copyDeployedApp(await temporaryFolder(t)),
    );

    const stored = await receiver.post(textOf(changeEvents.insert));
    const refused = await receiver.post(textOf(withField(changeEvents.insert, 'operationType', 5)));

    assert.deepEqual([stored.status, refused.status], [200, 400]);
    assert.match(await refused.text(), /\\"operationType\\" must be a non-empty string/);
    assert.equal((await filesIn(lake)).size, 1);
  });

  it('has the compiled validator instead of ajv, and no checksum in WebAssembly', async () => {
    const bundle = await textOfScripts((await deployedFiles()).filter((file) => file.endsWith('.cjs')));

    assert(bundle.includes('must NOT have additional properties'), 'the validator is missing');
    assert(!bundle.includes('strictRequired'), 'ajv itself is in the bundle');
    assert(!bundle.includes('AGFzbQ'), 'WebAssembly of the storage SDK is in the bundle');
  });

  it("does not load tables, the status page or another store's SDK for a change event", async () => {
    const loaded = await scriptsLoadedFor({ LAKE_URL: 'file:./lake' });

    const text = await textOfScripts(loaded.map((name) => `dist/${name}`));
    const all = await textOfScripts((await deployedFiles()).filter((file) => file.endsWith('.cjs')));
    assert(loaded.includes('main.cjs') && loaded.length < 15, loaded.join());
    for (const late of ['_delta_log', 'data_page_header', 'statusPage', 'ManagedIdentityCredential', 'BlockBlobClient'])
      assert.deepEqual([all.includes(late), text.includes(late)], [true, false], late);
    // One character of more than a byte doubles the size of a script for V8.
    assert.doesNotMatch(text, /[^\0-\x7f]/);
    assert(text.length < 400_000);
  });

  it('starts with wrong settings, logs them with each answer, and answers 503 on every route', async (t) => {
    const host = await serveApp(t, { LAKE_URL: 'lake', SIGNING_SECRETS: 'canary' });

    const answers = await Promise.all([
      host.post('{}'),
      host.post('{}'),
      fetch(`${host.url}/api/health`),
      fetch(`${host.url}/api/status`),
    ]);

    assert.deepEqual(
      answers.map(({ status }) => status),
      [503, 503, 503, 503],
    );
    assert.equal(answers[0]?.headers.get('retry-after'), '60');
    const told = await host.logged(/wrong settings/, 4);
    assert.equal(told.length, 4);
    assert.match(told[0] ?? '', /LAKE_URL must be .*SIGNING_SECRETS must be/);
    assert.doesNotMatch(host.lines.join(), /canary/);
  });
});

describe('what is deployed', () => {
  it('is the repository without the files in .funcignore', async () => {
    const rules = ignore().add(await readFile(join(root, '.funcignore'), 'utf8'));
    const entries = await readdir(root, { withFileTypes: true });
    const present = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/main.cjs` : entry.name));

    assert.deepEqual(rules.filter(present).sort(), ['dist/main.cjs', 'host.json', 'package.json']);
  });

  it('is the main of package.json', async () => {
    const { main } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

    assert((await deployedFiles()).includes(main));
  });

  it('is zipped by npm run package, in less than 500 KB, and runs from there', async (t) => {
    const folder = await temporaryFolder(t);
    const zip = join(folder, 'app.zip');
    assert.equal((await performed(command, {}, '--out', zip)).code, 0);

    const packed = await readFile(zip);
    const files = Object.entries(unzipSync(packed));
    for (const [name, content] of files) {
      await mkdir(dirname(join(folder, 'app', name)), { recursive: true });
      await writeFile(join(folder, 'app', name), content);
    }

    assert.deepEqual(files.map(([name]) => name).sort(), [...(await deployedFiles())].sort());
    assert(packed.length < 500_000);
    const receiver = await startReceiver(t, { LAKE_URL: `file:${folder}/lake` }, join(folder, 'app'));
    assert.equal((await receiver.post(textOf(changeEvents.insert))).status, 200);
  });

  it('is copied to the folder that azd ships', async (t) => {
    const folder = join(await temporaryFolder(t), 'package');
    const azd = await readFile(join(root, 'azure.yaml'), 'utf8');

    await layInto(folder);
    await writeFile(join(folder, 'dist/chunk-OFANEARLIERBUILD.cjs'), '');
    await layInto(folder);

    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const laid = files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll('\\', '/'));
    assert.deepEqual(laid.sort(), [...(await deployedFiles())].sort());
    const [, shipped] = /^ {4}dist: (\S+)$/m.exec(azd) ?? [];
    assert.equal(azd.match(/run: npm run package -- --folder (\S+)/g)?.length, 2);
    for (const [, made] of azd.matchAll(/run: npm run package -- --folder (\S+)/g)) assert.equal(made, shipped);
    // With a language that azd knows, it would build in Azure. The tools for this build are not there.
    assert.match(azd, /^ {4}language: custom$/m);
    assert.match(azd, /^ {4}remoteBuild: false$/m);
  });

  it('refuses a folder with other files, and deletes nothing there', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'notes.txt'), 'mine');

    const { code, output } = await layInto(folder);

    assert.equal(code, 1);
    assert.match(output, /^Cannot package: --folder must be new, or hold only an earlier package/);

    assert.deepEqual(await readdir(folder), ['notes.txt']);
  });
});

function layInto(folder: string) {
  return performed(command, {}, '--folder', folder);
}

/** The names of the scripts that Node has read after the app is loaded and its lake is open. */
async function scriptsLoadedFor(environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const program = `require('./dist/main.cjs');
    setImmediate(() => console.error(JSON.stringify(Object.keys(require.cache).map((file) => path.basename(file)))));`;
  const { stderr } = await promisify(execFile)(process.execPath, ['-e', program], { cwd: root, env: environment });
  const [, names = '[]'] = /^(\[.*\])$/m.exec(stderr) ?? [];
  return JSON.parse(names);
}

async function textOfScripts(files: readonly string[]): Promise<string> {
  return (await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')))).join('\n');
}
