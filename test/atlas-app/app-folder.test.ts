import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { root } from '../../local/paths.ts';
import { loadWithAppServices, loadWithRealmCli } from '../support/app-loader.ts';
import { configure } from '../support/configure.ts';
import { temporaryFolder } from '../support/lakes.ts';

const committed = join(root, 'atlas-app');
const loaders = [
  ['realm-cli', loadWithRealmCli],
  ['appservices', loadWithAppServices],
] as const;

describe('the app folder', () => {
  for (const [cli, load] of loaders) {
    it(`is accepted as it is by ${cli} push`, () => {
      const app = load(committed);

      assert.deepEqual(namesOf(app.triggers), ['lake-sync-drain', 'lake-sync-load', 'lake-sync-sample_mflix-movies']);
      assert.deepEqual(namesOf(app.values), [
        'initialLoads',
        'lakeBatchEvents',
        'lakeBatchSeconds',
        'lakeDataSource',
        'lakeReceiverKey',
        'lakeReceiverUrl',
        'lakeSigningSecret',
      ]);
      assert.deepEqual(namesOf(app.dataSources.map(({ config }) => config)), ['mongodb-atlas']);
    });
  }

  it('names the same app for both', () => {
    const { config_version, location, ...realm } = loadWithRealmCli(committed).root;

    assert.deepEqual([config_version, location], [20210101, 'US-VA']);
    assert.deepEqual(loadWithAppServices(committed).root, realm);
  });

  it('deploys its functions and nothing else: private, as system, without their arguments in the log', () => {
    const { configs, sources } = loadWithRealmCli(committed).functions;

    const names = ['bufferChangeEvent', 'drainOutbox', 'forwardChangeEvent', 'loadCollection', 'requeueRefused'];
    assert.deepEqual(
      [...sources.keys()].sort(),
      names.map((name) => `${name}.js`),
    );
    assert.deepEqual(namesOf(configs), names);
    for (const config of configs)
      assert.partialDeepStrictEqual(config, { private: true, run_as_system: true, disable_arg_logs: true });
  });

  it('is exactly what npm run atlas:configure writes from its lake-sync.json', async () => {
    const { code, output } = await configure(committed, '--check');

    assert.deepEqual([code, output], [0, '<app> agrees with lake-sync.json\n']);
  });

  it('differs from it when a file is edited by hand', async (t) => {
    const folder = await copyOf(t, { 'triggers/lake-sync-drain.json': '{}\n' });

    const { code, output } = await configure(folder, '--check');

    assert.equal(code, 1);
    assert.match(output, /^ {2}changed {4}triggers\/lake-sync-drain\.json$/m);
  });

  it('holds no secret', async () => {
    const files = globSync('**/*.json', { cwd: committed });

    for (const file of files) assert.doesNotMatch(await readFile(join(committed, file), 'utf8'), /whsec_|code=/, file);
    assert(!files.includes('secrets.json'));
  });
});

describe('the loaders, as tests have them', () => {
  const faults: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['a page among the triggers', { 'triggers/README.md': '# Triggers\n' }],
    ['a file of the system among the values', { 'values/.DS_Store': '\u0000' }],
    ['a comment in a value', { 'values/lakeReceiverUrl.json': '{ "name": "x" } // mine\n' }],
    ['a trailing comma', { 'triggers/lake-sync-drain.json': '{ "name": "x", }\n' }],
    ['a trigger that is a list', { 'triggers/other.json': '[]\n' }],
    ['a root file of an older version', { 'config.json': '{}\n' }],
    ['a manifest that is no list', { 'functions/config.json': '{}\n' }],
    ['a collection without rules', { 'data_sources/mongodb-atlas/shop/orders/schema.json': '{}\n' }],
    ['a root file without its members', { 'realm_config.json': '{}\n', 'root_config.json': '{}\n' }],
  ];
  for (const [fault, files] of faults) {
    for (const [cli, load] of loaders) {
      it(`refuse ${fault}: ${cli}`, async (t) => {
        const folder = await copyOf(t, files);

        assert.throws(() => load(folder), /^Error: Cannot load: /);
      });
    }
  }

  it('deploy every script below functions/, and push an empty file as null', async (t) => {
    const folder = await copyOf(t, {
      'functions/test/x.js': '',
      'functions/node_modules/y.js': '',
      'functions/z.ts': '',
      'triggers/.gitkeep': '',
    });

    const { functions, triggers } = loadWithRealmCli(folder);

    assert(functions.sources.has(join('test', 'x.js')));
    assert(![...functions.sources.keys()].some((name) => /node_modules|\.ts$/.test(name)));
    assert(triggers.includes(null));
  });
});

async function copyOf(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder(t);
  await cp(committed, folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

function namesOf(entries: readonly (Readonly<Record<string, unknown>> | null)[]): string[] {
  return entries.map((entry) => String(entry?.['name'])).sort();
}
