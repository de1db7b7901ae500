import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type AppFolder, readAppFolder } from '../../../local/atlas-deploy/app-folder.ts';
import type { AppState, Found, FoundTrigger } from '../../../local/atlas-deploy/app-state.ts';
import type { JsonObject } from '../../../local/atlas-deploy/json.ts';
import { planDeployment } from '../../../local/atlas-deploy/plan.ts';
import { isWrite, type Step } from '../../../local/atlas-deploy/step.ts';
import {
  databaseTrigger,
  type Files,
  functionNames,
  functionSource,
  moviesTrigger,
  temporaryAppFolder,
} from '../../support/app-folders.ts';

describe('planDeployment()', () => {
  it('adds to the initial loads, and keeps changes that a person made in Atlas', async (t) => {
    const folder = await readFolder(t);
    const loads = (...names: string[]) => names.map((collection) => ({ database: 'shop', collection }));
    const paused = { database: 'shop', collection: 'orders', paused: true };
    const value = (inFolder: unknown) => ({
      ...folder,
      values: [{ name: 'initialLoads', value: inFolder, fromSecret: false }],
    });
    const inAtlas = { value: [paused], from_secret: false };
    const state = stateWith({ values: [found('id-loads', 'initialLoads', inAtlas)] });

    const kept = stepOf(plan(value([]), state).steps, 'value', 'initialLoads');
    const added = stepOf(plan(value(loads('orders', 'customers')), state).steps, 'value', 'initialLoads');

    assert.equal(kept.action, 'keep');
    assert.deepEqual(bodyOf(added, inAtlas)['value'], [paused, ...loads('customers')]);
  });

  it('keeps parts that agree with the folder, also in another spelling', async (t) => {
    const folder = await readFolder(t);
    const { service_name: _, ...config } = databaseTrigger().config;
    const state = stateWith({
      functions: functionNames.map((name) =>
        found(`id-${name}`, name, { source: functionSource(name).replaceAll('\n', '\r\n').trimEnd() }),
      ),
      triggers: [
        trigger(moviesTrigger, {
          ...config,
          operation_types: ['DELETE', 'INSERT', 'REPLACE', 'UPDATE'],
          unordered: undefined,
          tolerate_resume_errors: null,
          match: {},
          clusterName: 'Cluster0',
          service_id: 'id-source',
        }),
        drain(),
      ],
    });

    const { steps, conflicts } = plan(folder, state);

    assert.deepEqual(conflicts, []);
    assert.deepEqual(
      steps.map(({ action }) => action),
      Array(steps.length).fill('keep'),
    );
  });

  const triggerChanges = {
    'a trigger that watches another collection': [{ collection: 'comments' }, 'collection'],
    'a trigger that watches a collection where the folder has the whole database': [
      {},
      'collection',
      { collection: undefined },
    ],
    'a trigger that skips events': [{ skip_catchup_events: true }, 'skip_catchup_events'],
    'a trigger that misses an operation': [{ operation_types: ['INSERT', 'UPDATE', 'DELETE'] }, 'operation_types'],
    'a trigger of another data source': [{ service_id: 'id-other' }, 'service'],
  } as const;
  for (const [what, [inAtlas, differing, inFolder]] of Object.entries(triggerChanges)) {
    it(`updates ${what}`, async (t) => {
      const folder = await readFolder(t, {
        [`triggers/${moviesTrigger}.json`]: databaseTrigger(moviesTrigger, inFolder),
      });
      const state = stateWith({ triggers: [movies(inAtlas), drain()] });

      const { steps } = plan(folder, state);

      assert.partialDeepStrictEqual(stepOf(steps, 'trigger', moviesTrigger), { action: 'update', note: differing });
    });
  }

  it('keeps members that a person added to a trigger, and sends no read-only member', async (t) => {
    const folder = await readFolder(t, {
      [`triggers/${moviesTrigger}.json`]: databaseTrigger(moviesTrigger, { collection: undefined }),
    });
    const added = { match: { 'fullDocument.kind': 'film' }, clusterName: 'Cluster0', unordered: true };
    const state = stateWith({ triggers: [movies(added), drain()] });

    const body = bodyOf(stepOf(plan(folder, state).steps, 'trigger', moviesTrigger));

    const { service_name: _, collection: __, ...config } = databaseTrigger().config;
    assert.deepEqual(body['config'], {
      ...config,
      match: { 'fullDocument.kind': 'film' },
      service_id: 'id of mongodb-atlas',
    });
  });

  it('updates a trigger that calls a deleted function of the same name', async (t) => {
    const folder = await readFolder(t);
    const state = stateWith({
      triggers: [{ ...movies(), functionId: 'id-of-a-deleted-one', functionName: 'forwardChangeEvent' }, drain()],
    });

    const { steps, conflicts } = plan(folder, state);

    assert.deepEqual(conflicts, []);
    assert.partialDeepStrictEqual(stepOf(steps, 'trigger', moviesTrigger), { action: 'update', note: 'function' });
  });

  it('disables a trigger that is disabled in the folder', async (t) => {
    const folder = await readFolder(t, {
      [`triggers/${moviesTrigger}.json`]: { ...databaseTrigger(), disabled: true },
    });

    const { steps } = plan(folder, stateWith({ triggers: [movies(), drain()] }));

    assert.equal(bodyOf(stepOf(steps, 'trigger', moviesTrigger))['disabled'], true);
  });

  it('treats a trigger of another type as somebody else’s', async (t) => {
    const scheduled = { ...movies(), members: { ...movies().members, type: 'SCHEDULED' } };

    const { conflicts } = plan(await readFolder(t), stateWith({ triggers: [scheduled, drain()] }));

    assert.deepEqual(conflicts, [`trigger ${moviesTrigger} must be of the type DATABASE: in Atlas it is SCHEDULED`]);
  });

  it('treats a service of another type as somebody else’s', async (t) => {
    const { conflicts } = plan(
      await readFolder(t),
      stateWith({ sources: [found('id-source', 'mongodb-atlas', { type: 'http' })] }),
    );

    assert.deepEqual(conflicts, ['data source mongodb-atlas must be a mongodb-atlas: in Atlas it is a http']);
  });

  it('updates a function that runs with other rights, and keeps its own condition', async (t) => {
    const [first = 'forwardChangeEvent', ...others] = functionNames;
    const changed = found(`id-${first}`, first, {
      source: functionSource(first),
      run_as_system: false,
      can_evaluate: { a: 1 },
    });
    const state = stateWith({ functions: [changed, ...others.map(asInAtlas)] });

    const step = stepOf(plan(await readFolder(t), state).steps, 'function', first);

    assert.partialDeepStrictEqual(step, { action: 'update', note: 'run_as_system' });
    assert.partialDeepStrictEqual(bodyOf(step), { run_as_system: true, can_evaluate: { a: 1 } });
  });

  it('updates a plain value that must come from a secret', async (t) => {
    const values = [
      found('id-key', 'lakeReceiverKey', { value: 'lakeReceiverKey', from_secret: false, private: true }),
    ];

    const step = stepOf(plan(await readFolder(t), stateWith({ values })).steps, 'value', 'lakeReceiverKey');

    assert.equal(step.action, 'update');
    assert.deepEqual(bodyOf(step), {
      name: 'lakeReceiverKey',
      value: 'lakeReceiverKey',
      from_secret: true,
      private: true,
    });
  });
});

describe('planDeployment(), parts that stay', () => {
  it('names its own earlier triggers that still send', async (t) => {
    const old = trigger('lake-sync-old', {});
    const ended = { ...trigger('lake-sync-ended', {}), isDisabled: true };

    const { steps } = plan(await readFolder(t), stateWith({ triggers: [movies(), drain(), old, ended] }));

    const left = steps.filter(({ action }) => action === 'leave');
    assert.deepEqual(left, [
      {
        action: 'leave',
        kind: 'trigger',
        name: 'lake-sync-old',
        note: 'no longer in the folder, and still sends: disable or delete it in the Atlas UI',
      },
      {
        action: 'leave',
        kind: 'trigger',
        name: 'lake-sync-ended',
        note: 'no longer in the folder, and disabled: delete it in the Atlas UI if nobody needs it',
      },
    ]);
  });

  it('does not leave a value without its secret when the environment has an empty one', async (t) => {
    const settings = new Map([['lakeReceiverKey', { kind: 'none' }]] as const);

    const { conflicts } = planDeployment(await readFolder(t), stateWith({ secrets: [] }), settings);

    assert.match(conflicts[0] ?? '', /^LAKE_RECEIVER_KEY must not be empty if Atlas has lakeReceiverKey: /);
  });
});

async function readFolder(t: TestContext, files: Files = {}): Promise<AppFolder> {
  const problems: string[] = [];
  const folder = readAppFolder(await temporaryAppFolder(t, files), problems);
  assert.deepEqual(problems, []);
  return folder;
}

function plan(folder: AppFolder, state: AppState) {
  return planDeployment(folder, state, new Map());
}

/** The whole folder as it is in Atlas, except the changes of a test. */
function stateWith(changed: Partial<AppState>): AppState {
  const secrets = ['lakeReceiverKey', 'lakeSigningSecret'];
  return {
    appId: 'id-app',
    sources: [found('id-source', 'mongodb-atlas', { type: 'mongodb-atlas', config: { clusterName: 'Cluster0' } })],
    secrets: secrets.map((name) => found(`id-${name}`, name, {})),
    values: [
      found('id-url', 'lakeReceiverUrl', { value: 'https://receiver.example/api/change-events', from_secret: false }),
      found('id-source-name', 'lakeDataSource', { value: 'mongodb-atlas', from_secret: false }),
      ...secrets.map((name) => found(`id-value-${name}`, name, { value: name, from_secret: true })),
    ],
    functions: functionNames.map(asInAtlas),
    triggers: [movies(), drain()],
    ...changed,
  };
}

function found(id: string, name: string, members: JsonObject): Found {
  return { id, name, members: { _id: id, name, ...members } };
}

function asInAtlas(name: string): Found {
  return found(`id-${name}`, name, {
    source: functionSource(name),
    private: true,
    run_as_system: true,
    disable_arg_logs: true,
  });
}

function movies(changed: JsonObject = {}): FoundTrigger {
  const { service_name: _, ...config } = databaseTrigger().config;
  return trigger(moviesTrigger, { ...config, service_id: 'id-source', ...changed });
}

function drain(): FoundTrigger {
  const scheduled = trigger('drainOutbox', { schedule: '*/5 * * * *', schedule_type: 'ADVANCED' }, 'drainOutbox');
  return { ...scheduled, members: { ...scheduled.members, type: 'SCHEDULED' } };
}

function trigger(name: string, config: JsonObject, functionName = 'forwardChangeEvent'): FoundTrigger {
  const called = { functionId: `id-${functionName}`, functionName };
  return {
    ...found(`id-of-${name}`, name, { type: 'DATABASE', config }),
    isDisabled: false,
    error: undefined,
    ...called,
  };
}

function stepOf(steps: readonly Step[], kind: string, name: string): Step {
  const step = steps.find((one) => one.kind === kind && one.name === name);
  assert(step !== undefined);
  return step;
}

function bodyOf(step: Step, current?: JsonObject): JsonObject {
  assert(isWrite(step));
  return step.body((_kind, name) => `id of ${name}`, current);
}
