import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it, type TestContext } from 'node:test';
import { Double, Int32 } from 'bson';
import { cleanups } from '../../../local/doctor/cleanups.ts';
import { examine } from '../../../local/doctor/examine.ts';
import { moviesTrigger } from '../../support/app-folders.ts';
import { type Azurite, emulatorAccount, emulatorKey, startAzurite } from '../../support/azurite.ts';
import { assertFailed, checksOf, named } from '../../support/checks.ts';
import { type DeployedAtlas, deployedAtlas } from '../../support/doctor.ts';
import { filesIn, temporaryFolder } from '../../support/lakes.ts';
import { lifetime } from '../../support/lifetime.ts';
import { type RunningReceiver, startReceiver } from '../../support/running-receiver.ts';
import { type WatchingTrigger, watchingTrigger } from '../../support/watching-trigger.ts';

type Pass = NonNullable<Parameters<typeof watchingTrigger>[1]['pass']>;

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const database = 'sample_mflix';
const collection = 'movies';

interface SetUp {
  readonly atlas: DeployedAtlas;
  readonly trigger: WatchingTrigger;
  readonly probe: (watched?: { readonly database: string; readonly collection: string }) => ReturnType<typeof checksOf>;
  readonly documents: () => readonly unknown[];
  /** The command does this when somebody ends it. */
  readonly end: () => Promise<void>;
}

interface Options {
  readonly environment?: Readonly<Record<string, string>>;
  /** The receiver's settings, if they differ from the doctor's. */
  readonly receiver?: Readonly<Record<string, string>>;
  readonly pass?: Pass;
  readonly waitSeconds?: number;
}

const life = lifetime();
/** All tests with the same settings share one, because each start costs half a second of CPU. */
const receivers = new Map<string, Promise<RunningReceiver>>();

describe('checkProbe()', { concurrency: 3 }, () => {
  let azurite: Azurite;
  let plain: Readonly<Record<string, string>>;
  before(async () => {
    azurite = await startAzurite();
    plain = { LAKE_URL: `file:${await temporaryFolder(life)}` };
  });
  after(() => azurite.stop());

  for (const [format, layout] of [
    ['relaxed', 'partitioned'],
    ['canonical', 'partitioned'],
    ['simple', 'flat'],
  ] as const)
    it(`finds every value exact, ${format} and ${layout}, and leaves no document`, async (t) => {
      const environment = { ...(await folderLake(t)), DOCUMENT_FORMAT: format, LAKE_LAYOUT: layout };
      const { probe, documents, trigger } = await setUp(t, { environment });

      const { outcome, told } = named(await probe(), 'probe');

      assert.equal(outcome, 'ok', told);
      assert.match(
        told,
        new RegExp(
          `^all 31 values arrived exactly, as ${format}( \\(.*\\))?; its file stays in the lake: .*/?change-\\d{10}-`,
        ),
      );
      assert.deepEqual(documents(), []);
      assert.equal((await trigger.settled()).length, 2);
    });

  it('finds them in a batch file', async (t) => {
    const lake = await folderLake(t);
    const { probe } = await setUp(t, { environment: { ...lake, LAKE_FILES: 'batch' } });

    const { outcome, told } = named(await probe(), 'probe');

    assert.equal(outcome, 'ok', told);
    assert.match(told, /\.jsonl, with the file of its delete$/);
  });

  it('finds them in Azurite, and the paths that it names are there', async (t) => {
    const LAKE_URL = `${azurite.origin}/${emulatorAccount}/${azurite.container}/mongo`;
    const { probe, trigger } = await setUp(t, { environment: { LAKE_URL, STORAGE_ACCOUNT_KEY: emulatorKey } });

    const { outcome, told } = named(await probe(), 'probe');

    await trigger.settled();
    const names = await azurite.names();
    assert.equal(outcome, 'ok', told);
    assert(names.length === 2 && names.some((name) => told.includes(`stays in the lake: ${name},`)), told);
  });

  it('compares the values that are left after the redactions', async (t) => {
    const environment = {
      ...(await folderLake(t)),
      REDACT: 'sample_mflix.movies: text=mask, longText',
      REDACT_KEY: secret,
    };
    const { probe } = await setUp(t, { environment });

    assert.match(named(await probe(), 'probe').told, /^all 30 values arrived exactly/);
  });

  it('names the values that changed on the way, and no value', async (t) => {
    const pass: Pass = ({ fullDocument, ...event }) => ({
      ...event,
      fullDocument: {
        ...Object(fullDocument),
        longLargest: new Double(2 ** 63),
        int: new Int32(5),
        text: 'Quokka',
      },
    });
    const { probe, documents } = await setUp(t, { environment: plain, pass });

    const check = named(await probe(), 'probe');

    assertFailed(
      check,
      /^the values must arrive exactly: these differ: longLargest, int, text; its file stays in the lake: /,
      /DOCUMENT_FORMAT/,
    );
    assert(!check.told.includes('Quokka'));
    assert.deepEqual(documents(), []);
  });

  it('sees that the app writes another format', async (t) => {
    const { probe } = await setUp(t, { environment: plain, receiver: { ...plain, DOCUMENT_FORMAT: 'simple' } });

    assertFailed(
      named(await probe(), 'probe'),
      /these differ: .*decimal/,
      /^set DOCUMENT_FORMAT and REDACT here as in the app/,
    );
  });

  it('sees that a project expression drops the document', async (t) => {
    const pass: Pass = ({ fullDocument: _, ...event }) => event;
    const { probe } = await setUp(t, { environment: plain, pass });

    assertFailed(
      named(await probe(), 'probe'),
      /^the file must have the document: "data" is not an object/,
      /project expression/,
    );
  });

  it('says that no file came in time, and removes the document', async (t) => {
    const { probe, documents } = await setUp(t, {
      environment: plain,
      pass: () => undefined,
      waitSeconds: 1,
    });

    assertFailed(named(await probe(), 'probe'), /must be in the lake within 1 s: it is not$/, /--wait 600/);
    assert.deepEqual(documents(), []);
  });

  it('leaves out the odd keys on a server that refuses them', async (t) => {
    const { probe, atlas } = await setUp(t, { environment: plain });
    const { around } = atlas.app.database;
    let inserts = 0;
    atlas.app.database.around = async (operation, name, run) => {
      if (operation === 'write' && name === collection && ++inserts === 1)
        throw Object.assign(new Error('key Quokka'), { code: 52 });
      return await around(operation, name, run);
    };

    assert.match(
      named(await probe(), 'probe').told,
      /^all 29 values .* \(the server refuses keys with "\." and "\$"\)/,
    );
  });

  it("says that the collection refuses the document, without the database's message", async (t) => {
    const { probe, atlas } = await setUp(t, { environment: plain });
    atlas.app.database.around = (operation, name, run) =>
      operation === 'write' && name === collection
        ? Promise.reject(Object.assign(new Error('Quokka failed validation'), { code: 121 }))
        : run();

    const check = named(await probe(), 'probe');

    assertFailed(
      check,
      /the collection must take it: error 121; the document stays in sample_mflix.movies: /,
      /another collection/,
    );
    assert(!check.told.includes('Quokka'));
  });

  it('removes the document when a person ends it, also during the insert', async (t) => {
    const { probe, atlas, documents, end } = await setUp(t, {
      environment: plain,
      pass: () => undefined,
      waitSeconds: 1,
    });
    const { around } = atlas.app.database;
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    let operations = 0;
    atlas.app.database.around = async (operation, name, run) => {
      if (name === collection && ++operations === 1) {
        begun.resolve();
        await goOn.promise;
      }
      await around(operation, name, run);
    };

    const probing = probe();
    await begun.promise;
    const ended = end();
    // Long enough for a removal that does not wait.
    for (let round = 0; round < 20; round++) await fetch(String(atlas.api.environment['ATLAS_ADMIN_API']));
    goOn.resolve();
    await Promise.all([ended, probing]);

    assert.deepEqual(documents(), []);
  });

  it('inserts nothing if no running trigger watches the collection', async (t) => {
    const { probe, atlas, documents } = await setUp(t, { environment: plain });
    const elsewhere = named(await probe({ database, collection: 'theaters' }), 'probe');
    atlas.app.put('triggers', { name: moviesTrigger, disabled: true });
    const disabled = named(await probe(), 'probe');

    assertFailed(
      elsewhere,
      /^a running trigger must watch sample_mflix.theaters: there is no such trigger$/,
      /"watch" in atlas-app\/lake-sync.json/,
    );
    assertFailed(disabled, /^a running trigger must watch sample_mflix.movies/, /atlas:configure/);
    assert.deepEqual(documents(), []);
  });

  it('is left out if the redactions hide the document key', async (t) => {
    const redact = { REDACT: '*: _id=hash', REDACT_KEY: secret };
    const { probe } = await setUp(t, { environment: { ...(await folderLake(t)), ...redact } });

    assert.match(named(await probe(), 'probe').told, /^REDACT hides the document key/);
  });

  it('is left out without an Admin API key, and without a lake', async (t) => {
    const { probe, atlas } = await setUp(t, {
      environment: { ...plain, ATLAS_PUBLIC_KEY: '' },
      receiver: plain,
    });
    const noKeys = { ATLAS_PUBLIC_KEY: '', ATLAS_PRIVATE_KEY: '', ATLAS_PROJECT_ID: '' };
    const noAtlas = await setUp(t, { environment: { ...plain, ...noKeys }, receiver: plain });
    const noLake = await setUp(t, { environment: { LAKE_URL: 'nonsense' }, receiver: plain });

    assert.equal(named(await noAtlas.probe(), 'probe').outcome, 'leftOut');
    assert.equal(named(await noLake.probe(), 'probe').told, 'it needs the check "container" to succeed');
    assert.equal(named(await probe(), 'probe').outcome, 'leftOut');
    assert.deepEqual(atlas.app.database.collection(database, collection).documents(), []);
  });
});

async function folderLake(t: TestContext): Promise<Readonly<Record<string, string>>> {
  const folder = await temporaryFolder(t);
  assert.equal((await filesIn(folder)).size, 0);
  return { LAKE_URL: `file:${folder}` };
}

function receiverWith(environment: Readonly<Record<string, string>>): Promise<RunningReceiver> {
  const settings = JSON.stringify(environment);
  const running = receivers.get(settings) ?? startReceiver(life, { ...environment, SIGNING_SECRETS: secret });
  receivers.set(settings, running);
  return running;
}

async function setUp(
  t: TestContext,
  { environment = {}, receiver = environment, pass, waitSeconds = 60 }: Options,
): Promise<SetUp> {
  const running = await receiverWith(receiver);
  const atlas = await deployedAtlas(t);
  const address = `${running.url}/api/change-events`;
  const values = { lakeReceiverUrl: address, lakeReceiverKey: '', lakeSigningSecret: secret };
  const app = { values, database: atlas.app.database };
  const watching = { app, db: database, coll: collection, ...(pass === undefined ? {} : { pass }) };
  const trigger = watchingTrigger(atlas.app.database, watching);
  const open = cleanups();
  const examination = {
    environment: { ...atlas.api.environment, SIGNING_SECRETS: secret, ...environment },
    appFolder: atlas.folder,
    url: running.url,
    waitSeconds,
    cleanups: open,
    onProgress: () => undefined,
  };
  return {
    atlas,
    trigger,
    probe: (watched = { database, collection }) => checksOf(examine({ ...examination, probe: watched })),
    documents: () => atlas.app.database.collection(database, collection).documents(),
    end: open.runAll,
  };
}
