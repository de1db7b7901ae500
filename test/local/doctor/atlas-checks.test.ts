import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BSON } from 'bson';
import { checkAtlas } from '../../../local/doctor/atlas/atlas-checks.ts';
import { databaseTrigger, functionSource, moviesTrigger } from '../../support/app-folders.ts';
import { assertFailed, checksOf, named, outcomesOf } from '../../support/checks.ts';
import { type DeployedAtlas, deployedAtlas } from '../../support/doctor.ts';

const state = `trigger ${moviesTrigger}`;
const options = `options of ${moviesTrigger}`;

interface Wrong {
  readonly does: (atlas: DeployedAtlas) => unknown;
  readonly check: string;
  readonly says: RegExp;
  readonly fix: RegExp;
}

const wrongs: Readonly<Record<string, Wrong>> = {
  'a value that is missing': {
    does: ({ app }) => app.remove('values', 'lakeReceiverUrl'),
    check: 'values in Atlas',
    says: /: lakeReceiverUrl is missing$/,
    fix: /^npm run atlas:deploy$/,
  },
  'a value that is another': {
    does: ({ app }) => app.put('values', { name: 'lakeDataSource', value: 'Cluster0' }),
    check: 'values in Atlas',
    says: /: lakeDataSource differs$/,
    fix: /^npm run atlas:deploy$/,
  },
  'a secret that is missing': {
    does: ({ app }) => app.remove('secrets', 'lakeSigningSecret'),
    check: 'secrets in Atlas',
    says: /LAKE_SIGNING_SECRET must be set .*Atlas has no secret lakeSigningSecret$/,
    fix: /^LAKE_RECEIVER_KEY=… LAKE_SIGNING_SECRET=… npm run atlas:deploy$/,
  },
  'a function of an older version': {
    does: ({ app }) =>
      app.put('functions', { name: 'drainOutbox', source: `${functionSource('drainOutbox')}// older` }),
    check: 'functions in Atlas',
    says: /: drainOutbox differs \(source\)$/,
    fix: /^npm run atlas:deploy$/,
  },
  'a function that is missing': {
    does: ({ app }) => app.remove('functions', 'requeueRefused'),
    check: 'functions in Atlas',
    says: /: requeueRefused is missing$/,
    fix: /^npm run atlas:deploy$/,
  },
  'a function that logs its arguments': {
    does: ({ app }) => app.put('functions', { name: 'forwardChangeEvent', disable_arg_logs: false }),
    check: 'functions in Atlas',
    says: /: forwardChangeEvent differs \(disable_arg_logs\)$/,
    fix: /^npm run atlas:deploy$/,
  },
  "somebody else's function under our name": {
    does: ({ app }) => app.put('functions', { name: 'forwardChangeEvent', source: 'exports = () => 1;' }),
    check: 'functions in Atlas',
    says: /forwardChangeEvent must begin with .*somebody else made it$/,
    fix: /rename the part that somebody else made/,
  },
  'a data source of another cluster': {
    does: ({ app }) => app.put('services', { name: 'mongodb-atlas', config: { clusterName: 'Other' } }),
    check: 'data source in Atlas',
    says: /must be the cluster Cluster0: in Atlas it is Other$/,
    fix: /npm run atlas:deploy/,
  },
  'a trigger that is missing': {
    does: ({ app }) => app.remove('triggers', moviesTrigger),
    check: state,
    says: /^must exist: it is missing$/,
    fix: /^npm run atlas:deploy$/,
  },
  'a trigger that calls something else': {
    does: ({ app }) =>
      app.put('triggers', { name: moviesTrigger, function_id: 'f'.repeat(24), function_name: 'other' }),
    check: state,
    says: /somebody else made it$/,
    fix: /rename it/,
  },
  'a trigger that is suspended, and when and why': {
    does: ({ app }) => {
      app.put('triggers', { name: moviesTrigger, disabled: true, error: '(ChangeStreamHistoryLost) key Quokka' });
      const entry = { type: 'DB_TRIGGER', event_subscription_name: moviesTrigger };
      app.logs.push(
        { ...entry, started: '2026-11-20T10:15:30.000Z', error: '(ChangeStreamHistoryLost) key Quokka' },
        { ...entry, started: '2026-11-18T10:15:30.000Z', error: 'connection reset' },
        { ...entry, started: '2026-11-21T10:15:30.000Z' },
      );
    },
    check: state,
    says: /^must run: it is suspended \(ChangeStreamHistoryLost; last error at 2026-11-20T10:15:30.000Z\)$/,
    fix: /note "Last Cluster Time Processed".*without the resume token/,
  },
  'a trigger that is disabled, and that nobody knows since when': {
    does: ({ app }) => app.put('triggers', { name: moviesTrigger, disabled: true }),
    check: state,
    says: /^must run: it is disabled, by a person or by Atlas \(Atlas shows no error; no error in its log of ten days\)$/,
    fix: /Restart .*with the resume token/,
  },
  'a drain that is disabled': {
    does: ({ app }) => app.put('triggers', { name: 'drainOutbox', disabled: true }),
    check: 'trigger drainOutbox',
    says: /^must run: it is disabled/,
    fix: /Restart/,
  },
  'a trigger that skips gaps': {
    does: ({ configure }) => configure(moviesTrigger, { tolerate_resume_errors: true, operation_types: ['INSERT'] }),
    check: options,
    says: /^must lose no events: tolerate_resume_errors is on: .*; operation_types lacks UPDATE: .*; operation_types lacks REPLACE: .*; operation_types lacks DELETE: /,
    fix: /^npm run atlas:deploy$/,
  },
  'a trigger on another collection': {
    does: ({ configure }) => configure(moviesTrigger, { collection: 'theaters' }),
    check: options,
    says: /collection differs from the folder$/,
    fix: /^npm run atlas:deploy$/,
  },
  'a trigger that somebody made beside the folder': {
    does: ({ app }) => {
      const { function_id, config } = { function_id: '', config: {}, ...app.named('triggers', moviesTrigger) };
      const lossy = { ...config, project: { operationType: 1 } };
      app.put('triggers', { name: 'by-hand', type: 'DATABASE', disabled: false, function_id, config: lossy });
    },
    check: 'options of by-hand',
    says: /project lacks _id: .*project lacks clusterTime/,
    fix: /edit the trigger/,
  },
  'an outbox without a data source': {
    does: ({ app }) => app.put('values', { name: 'lakeDataSource', value: 'nowhere' }),
    check: 'outbox',
    says: /^the value lakeDataSource must name a data source/,
    fix: /"dataSource" in atlas-app\/lake-sync.json/,
  },
  'events that wait for too long': {
    does: (atlas) => keep(atlas, { state: 'waiting', keptAt: new Date(Date.now() - 1_000_000) }),
    check: 'outbox',
    says: /^no event may wait longer than 900 s: 1 wait, the oldest for 100\d s, 0 refused$/,
    fix: /db\.outbox\.find\(\{ state: 'waiting' \}/,
  },
  'events that were refused': {
    does: (atlas) => keep(atlas, { state: 'refused', reason: 'Quokka', keptAt: new Date() }),
    check: 'outbox',
    says: /^no event may be refused: 0 wait, 1 refused$/,
    fix: /appservices function run --app <App ID> --name requeueRefused$/,
  },
  'an outbox that does not answer': {
    does: ({ app }) => {
      app.database.around = () => Promise.reject(new Error('key Quokka'));
    },
    check: 'outbox',
    says: /^the outbox must be readable: its database does not answer$/,
    fix: /cluster that runs/,
  },
  'an Admin API that runs nothing': {
    does: ({ api }) => api.answerWith(({ path }) => path.includes('/debug/'), { status: 500, body: '' }, 9),
    check: 'outbox',
    says: /^Cannot look into the outbox: Atlas must be able to answer \(wait, .*\): Atlas answered 500$/,
    fix: /docs\/operate.md/,
  },
  'a key that Atlas does not know': {
    does: ({ api }) => api.answerWith(({ path }) => path.endsWith('/login'), { status: 401, body: '{}' }),
    check: 'Admin API key',
    says: /^Cannot sign in to Atlas: ATLAS_PUBLIC_KEY and ATLAS_PRIVATE_KEY must be an API key/,
    fix: /access list$/,
  },
  'an app folder that is not configured': {
    does: ({ folder }) => rm(join(folder, 'values/lakeReceiverUrl.json')),
    check: 'app folder',
    says: /^lakeReceiverUrl must be a value/,
    fix: /^npm run atlas:configure$/,
  },
};

describe('checkAtlas()', () => {
  it('finds no problem in an app of npm run atlas:deploy, and writes nothing', async (t) => {
    const atlas = await deployedAtlas(t);
    const written = atlas.api.writes().length;

    const checks = await check(atlas);

    assert.deepEqual(new Set(Object.values(outcomesOf(checks))), new Set(['ok']));
    assert.equal(named(checks, state).told, 'runs: one event after the other');
    assert.equal(named(checks, options).told, 'lose no events');
    assert.equal(named(checks, 'outbox').told, '0 wait, 0 refused');
    assert.deepEqual(atlas.api.writes().slice(written), [
      'POST /debug/execute_function_source?run_as_system=true&user_id=',
    ]);
    assert.deepEqual(atlas.app.database.collection('atlas_lake_sync', 'outbox').documents(), []);
  });

  for (const [what, { does, check: name, says, fix }] of Object.entries(wrongs))
    it(`names ${what}`, async (t) => {
      const atlas = await deployedAtlas(t);
      await does(atlas);

      const checks = await check(atlas);

      assertFailed(named(checks, name), says, fix);
      assert(!JSON.stringify(checks).includes('Quokka'));
    });

  it('shows the choices of lake-sync.json, not as problems', async (t) => {
    const chosen = databaseTrigger(moviesTrigger, { full_document_before_change: false });
    const atlas = await deployedAtlas(t, { [`triggers/${moviesTrigger}.json`]: chosen });

    const checks = await check(atlas);

    const told = 'as in lake-sync.json: full_document_before_change is off: deletes have no document';
    assert.deepEqual(named(checks, options), { name: options, outcome: 'ok', told });
  });

  it('accepts events that wait for their next try', async (t) => {
    const atlas = await deployedAtlas(t);
    keep(atlas, { state: 'waiting', keptAt: new Date(Date.now() - 100_000) });

    const checks = await check(atlas);

    assert.match(named(checks, 'outbox').told, /^1 wait, the oldest for 10\d s, 0 refused$/);
    assert.equal(named(checks, 'outbox').outcome, 'ok');
  });

  it('is skipped without a key, and this is not a failure', async (t) => {
    const { folder } = await deployedAtlas(t);

    const checks = await checksOf(checkAtlas({}, folder));

    assert.deepEqual(outcomesOf(checks), { 'Admin API key': 'leftOut' });
  });

  it('names the missing parts of an API key', async (t) => {
    const { folder, api } = await deployedAtlas(t);
    const { ATLAS_PRIVATE_KEY: _, ...environment } = api.environment;

    const checks = await checksOf(checkAtlas(environment, folder));

    assertFailed(
      named(checks, 'Admin API key'),
      /^ATLAS_PRIVATE_KEY must be .*: it is missing$/,
      /^export ATLAS_PRIVATE_KEY=…$/,
    );
    assert.equal(named(checks, 'outbox').outcome, 'leftOut');
  });

  it('says that the project has no such app', async (t) => {
    const atlas = await deployedAtlas(t);
    const realm = { config_version: 20210101, name: 'another' };
    const other = await deployedAtlas(t, { 'realm_config.json': realm });

    const checks = await checksOf(checkAtlas(atlas.api.environment, other.folder));

    assertFailed(
      named(checks, 'app in Atlas'),
      /^the project must have the app another: it is missing$/,
      /^npm run atlas:deploy$/,
    );
    assert.equal(named(checks, 'triggers').outcome, 'leftOut');
  });

  it('leaves an open draft', async (t) => {
    const atlas = await deployedAtlas(t);
    atlas.app.drafts.push({ _id: 'f'.repeat(24) });

    assert(!Object.values(outcomesOf(await check(atlas))).includes('failed'));
  });
});

async function check({ api, folder }: DeployedAtlas) {
  return await checksOf(checkAtlas(api.environment, folder));
}

function keep({ app }: DeployedAtlas, entry: Readonly<Record<string, unknown>>): void {
  const outbox = app.database.collection('atlas_lake_sync', 'outbox');
  void outbox.run('write', (documents) => void documents.set('kept', BSON.serialize({ _id: '82AA', ...entry })));
}
