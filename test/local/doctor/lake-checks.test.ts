import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { cleanups } from '../../../local/doctor/cleanups.ts';
import { placesOf } from '../../../local/doctor/places.ts';
import { azureInspector } from '../../../local/doctor/storage/azure-inspector.ts';
import { checkLake } from '../../../local/doctor/storage/lake-checks.ts';
import { askForNamespace, namespaceOf } from '../../../local/doctor/storage/namespace-check.ts';
import { readLakeUrl } from '../../../shared/lake/lake-url.ts';
import { type Azurite, emulatorAccount, emulatorKey, startAzurite } from '../../support/azurite.ts';
import { assertFailed, checksOf, named, outcomesOf } from '../../support/checks.ts';
import { settingsWith } from '../../support/deliveries.ts';
import { type DfsServer, fileSystem, startDfsServer } from '../../support/dfs-server.ts';
import { temporaryFolder } from '../../support/lakes.ts';
import {
  type Fault,
  forwardTo,
  refusal,
  type Serve,
  type StorageFront,
  startFront,
} from '../../support/storage-faults.ts';

const access = { kind: 'shared-key', key: emulatorKey } as const;
let azurite: Azurite;

describe('checkLake()', () => {
  let dfs: DfsServer;
  before(async () => {
    [azurite, dfs] = await Promise.all([startAzurite(), startDfsServer()]);
  });
  after(() => Promise.all([azurite.stop(), dfs.stop()]));

  it('finds no problem in a lake, and leaves nothing in it', async () => {
    const checks = await checkAt(azurite.origin);

    assert.deepEqual(outcomesOf(checks), {
      container: 'ok',
      'clock of the storage': 'ok',
      'hierarchical namespace': 'leftOut',
      'write once': 'ok',
    });
    assert.match(named(checks, 'hierarchical namespace').told, /^an emulator never has one/);
    assert.deepEqual(await azurite.names(), []);
  });

  it('finds no problem in a lake with the Data Lake endpoint only, and asks no other endpoint', async () => {
    const checks = await checkAt(dfs.origin, { LAKE_API: 'dfs' }, fileSystem);

    assert.equal(named(checks, 'container').outcome, 'ok');
    assert.equal(named(checks, 'clock of the storage').outcome, 'ok');
    assert.equal(named(checks, 'write once').outcome, 'ok');
    assert.deepEqual([dfs.names(), dfs.misdirected], [[], []]);
  });

  it('finds no problem in a folder, and leaves no file for readers', async (t) => {
    const folder = await temporaryFolder(t);

    const checks = await checkWith({ LAKE_URL: `file:${folder}` });

    assert.deepEqual(outcomesOf(checks), {
      container: 'ok',
      'clock of the storage': 'leftOut',
      'hierarchical namespace': 'leftOut',
      'write once': 'ok',
    });
    assert.deepEqual(await readdir(folder), ['.staging']);
  });

  it('says which files tables and views do not read, if the layout was flat before', async (t) => {
    const folder = await temporaryFolder(t);
    const [insert, update] = ['0000000001-573a1390f29313caabcd4135-8a50404b1988f70f', '0000000002-8a50404b1988f700'];
    for (const file of [`change-1795169730-${insert}.json`, `change-1795169730-${update}.json`, 'notes.json'])
      await writeFile(join(folder, file), '{}');

    const [switched, flat] = [
      await checkWith({ LAKE_URL: `file:${folder}` }),
      await checkWith({ LAKE_URL: `file:${folder}`, LAKE_LAYOUT: 'flat' }),
    ];

    const { outcome, told, fix = '' } = named(switched, 'files outside of folders');
    assert.deepEqual(
      [outcome, told],
      ['leftOut', '2 from LAKE_LAYOUT=flat: npm run query and verify read them, tables and generated views do not'],
    );
    assert.match(fix, /^npm run atlas:load -- --restart <db>\.<coll> /);
    assert.equal(outcomesOf(flat)['files outside of folders'], undefined);
  });

  it('names a missing container, with the command that creates it, and leaves the rest out', async () => {
    const checks = await checkAt(azurite.origin, {}, 'missing');

    const made = /^az storage container create --account-name devstoreaccount1 --name missing --auth-mode login$/;
    assertFailed(named(checks, 'container'), /^the container must answer: .*ContainerNotFound 404$/, made);
    for (const name of ['clock of the storage', 'hierarchical namespace', 'write once'])
      assert.equal(named(checks, name).told, 'it needs the check "container" to succeed');
  });

  const refused: Readonly<Record<string, readonly [number, string, RegExp]>> = {
    'a role that is missing': [
      403,
      'AuthorizationPermissionMismatch',
      /^az role assignment create .*"Storage Blob Data Contributor"/,
    ],
    'a network that is closed': [
      403,
      'AuthorizationFailure',
      /^az storage account network-rule add --account-name devstoreaccount1/,
    ],
    'a key that is wrong': [403, 'AuthenticationFailed', /^STORAGE_ACCOUNT_KEY="\$\(az storage account keys list/],
    'an account without keys': [403, 'KeyBasedAuthenticationNotPermitted', /unset STORAGE_ACCOUNT_KEY/],
    'a word that is new': [403, 'SomethingNew', /^az role assignment create/],
  };
  for (const [what, [status, code, fix]] of Object.entries(refused)) {
    it(`distinguishes ${what} when the container is read`, async (t) => {
      const front = await frontWith(t, { kind: 'answer', status, code }, () => true);

      const checks = await checkAt(front.origin);

      assertFailed(named(checks, 'container'), new RegExp(`^the container must answer: .*${code} ${status}$`), fix);
    });

    it(`distinguishes ${what} when a file is created`, async (t) => {
      const front = await frontWith(t, { kind: 'answer', status, code }, ({ method }) => method === 'PUT');

      const checks = await checkAt(front.origin);

      assertFailed(
        named(checks, 'write once'),
        new RegExp(`^the identity must be able to create files: .*${code}`),
        fix,
      );
      assert.equal(named(checks, 'container').outcome, 'ok');
    });
  }

  it('says that nobody listens', async () => {
    const checks = await checkAt('http://127.0.0.1:9');

    assertFailed(named(checks, 'container'), /ECONNREFUSED/, /^az storage account show --name devstoreaccount1/);
  });

  it('refuses a storage service that overwrites', async (t) => {
    const forward = forwardTo(azurite.origin);
    const front = await started(t, async (request) => {
      if (request.method !== 'PUT') return await forward(request);
      await request.toArray();
      return { status: 201, headers: {} };
    });

    const checks = await checkAt(front.origin);

    const says = /^a second file of one name must be refused: the storage answered created, then created$/;
    assertFailed(named(checks, 'write once'), says, /If-None-Match/);
  });

  it('names the file that stays if the identity may not delete', async (t) => {
    const isDelete = ({ method }: { readonly method?: string | undefined }) => method === 'DELETE';
    const fault = { kind: 'answer', status: 403, code: 'AuthorizationPermissionMismatch' } as const;
    const front = await frontWith(t, fault, isDelete);

    const checks = await checkAt(front.origin);

    const { outcome, told } = named(checks, 'write once');
    const [path = ''] = await azurite.names('mongo/_');
    assert.equal(outcome, 'ok');
    assert.match(told, /its file could not be removed \(RestError AuthorizationPermissionMismatch 403\), and stays: /);
    assert(path !== '' && told.endsWith(path), told);
  });

  it('shows the difference of the clocks', async (t) => {
    const forward = forwardTo(azurite.origin);
    const front = await started(t, async (request) => {
      const answer = await forward(request);
      return { ...answer, headers: { ...answer.headers, date: new Date(Date.now() - 280_000).toUTCString() } };
    });

    const checks = await checkAt(front.origin);

    // The time until the answer is not counted.
    const says = /this machine is (2[0-7]\d|280) s ahead of the storage service$/;
    assertFailed(named(checks, 'clock of the storage'), says, /timedatectl/);
  });

  it('says that a folder cannot be written to', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'file'), '');

    const checks = await checkWith({ LAKE_URL: `file:${join(folder, 'file', 'lake')}` });

    assertFailed(named(checks, 'container'), /^the container must answer: .*(ENOTDIR|EEXIST)/, /^LAKE_URL=file:/);
  });

  describe('the hierarchical namespace', () => {
    it('is missing by Get Account Information', async () => {
      const check = await askForNamespace(await inspectorAt(azurite.origin), places);

      assertFailed(
        check,
        /must have a hierarchical namespace: it is missing/,
        /^az storage account hns-migration start .*--name account/,
      );
    });

    it('exists by Get Account Information', async (t) => {
      const forward = forwardTo(azurite.origin);
      const front = await started(t, async (request) => {
        const answer = await forward(request);
        return { ...answer, headers: { ...answer.headers, 'x-ms-is-hns-enabled': 'true' } };
      });

      assert.equal((await askForNamespace(await inspectorAt(front.origin), places)).outcome, 'ok');
    });

    it('is asked of the Data Lake endpoint if the identity may not read the account information', async (t) => {
      const front = await started(t, async () => refusal(403, 'AuthorizationPermissionMismatch'));

      const check = await askForNamespace(await inspectorAt(front.origin, dfs.origin), places);

      assert.equal(check.outcome, 'ok', check.told);
    });

    it('is asked of the Data Lake endpoint only, with LAKE_API=dfs', async () => {
      const inspector = await inspectorAt('http://127.0.0.1:9', dfs.origin, 'dfs');

      assert.equal((await askForNamespace(inspector, places)).outcome, 'ok');
    });

    it('is left out, with the command to ask, if the identity may not ask', async (t) => {
      const front = await started(t, async () => refusal(403, 'AuthorizationPermissionMismatch'));

      const check = await askForNamespace(await inspectorAt(front.origin), places);

      assert.equal(check.outcome, 'leftOut');
      assert.equal(check.fix, 'az storage account show --name account --query isHnsEnabled');
    });

    it('is not asked of OneLake', async () => {
      const location = readLakeUrl('https://onelake.dfs.fabric.microsoft.com/work/item/Files/mongo');
      assert(location.kind === 'azure');

      const check = await namespaceOf(location, await inspectorAt('http://127.0.0.1:9'), places);

      assert.deepEqual([check.outcome, check.told], ['leftOut', 'OneLake always has one']);
    });
  });

  async function frontWith(
    t: TestContext,
    fault: Fault,
    fits: (request: { readonly method?: string | undefined }) => boolean,
  ): Promise<StorageFront> {
    const front = await started(t, forwardTo(azurite.origin));
    front.orderLasting(fault, fits);
    return front;
  }
});

const places = { isHere: false, app: 'app', account: 'account', container: 'lake' };

async function checkAt(origin: string, environment: Readonly<Record<string, string>> = {}, name = azurite.container) {
  const LAKE_URL = `${origin}/${emulatorAccount}/${name}/mongo`;
  return await checkWith({ LAKE_URL, STORAGE_ACCOUNT_KEY: emulatorKey, ...environment });
}

async function checkWith(environment: Readonly<Record<string, string>>) {
  const settings = settingsWith(environment);
  const known = placesOf(settings.lake.location, undefined);
  return await checksOf(checkLake({ settings, places: known, cleanups: cleanups() }));
}

async function inspectorAt(blob: string, dfs = blob, api: 'blob' | 'dfs' = 'blob') {
  const at = (origin: string): string =>
    `${origin}/${emulatorAccount}/${origin === blob ? azurite.container : fileSystem}`;
  const location = { kind: 'azure', account: emulatorAccount, container: azurite.container, directory: '' } as const;
  return await azureInspector({ ...location, blobUrl: at(blob), dfsUrl: at(dfs) }, access, api);
}

async function started(t: TestContext, serve: Serve): Promise<StorageFront> {
  const front = await startFront(serve);
  t.after(() => front.stop());
  return front;
}
