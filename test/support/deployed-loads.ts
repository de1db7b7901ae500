// A deployed app whose loads npm run atlas:load changes and shows.
import type { TestContext } from 'node:test';
import { countedOperations } from '../../local/atlas/atlas-database.ts';
import { type Invocation, invoke } from '../../local/atlas/atlas-runtime.ts';
import { command } from '../../local/commands/atlas-load.ts';
import type { AdminApiServer } from './admin-api.ts';
import type { AdminApp } from './admin-app.ts';
import { databaseTrigger, type Files, functionNames, functionSource } from './app-folders.ts';
import { type Performed, performed } from './commands.ts';
import { setUp } from './deployments.ts';

export interface DeployedLoads {
  readonly api: AdminApiServer;
  readonly app: AdminApp;
  readonly folder: string;
  readonly deploy: () => Promise<{ readonly code: number | null; readonly output: string }>;
  /** The Value initialLoads, as a person changes it in the Atlas UI. */
  readonly put: (value: unknown, members?: Readonly<Record<string, unknown>>) => void;
  readonly entries: () => unknown[];
  readonly load: (...args: string[]) => Promise<Performed>;
  readonly loadWith: (environment: Readonly<Record<string, string>>, ...args: string[]) => Promise<Performed>;
  /** The minute of the scheduled trigger. */
  readonly tick: () => Promise<Invocation>;
  /** Sets the state of the load of shop.orders. */
  readonly is: (state: string, members?: Readonly<Record<string, unknown>>) => Promise<void>;
}

export const loadingFiles: Files = {
  'functions/config.json': [...functionNames, 'loadCollection'].map((name) => ({
    ...{ name, private: true, run_as_system: true, disable_arg_logs: true },
  })),
  'functions/loadCollection.js': functionSource('loadCollection'),
  'triggers/lake-sync-load.json': {
    ...{ name: 'lake-sync-load', type: 'SCHEDULED', disabled: false, config: { schedule: '* * * * *' } },
    event_processors: { FUNCTION: { config: { function_name: 'loadCollection' } } },
  },
};

const ordersTrigger: Files = {
  'triggers/lake-sync-shop-orders.json': databaseTrigger('lake-sync-shop-orders', {
    ...{ database: 'shop', collection: 'orders' },
  }),
};

/** An app as after a deployment, which most tests do not need to run. shop.orders has a trigger and a document. */
export async function deployedLoads(t: TestContext, files: Files = {}): Promise<DeployedLoads> {
  const { api, folder, deploy } = await setUp(t, { files: { ...loadingFiles, ...ordersTrigger, ...files } });
  const app = api.makeApp('atlas-lake-sync');
  app.put('services', { name: 'mongodb-atlas', type: 'mongodb-atlas', config: { clusterName: 'Cluster0' } });
  app.put('values', { name: 'lakeDataSource', value: 'mongodb-atlas', private: false, from_secret: false });
  const functionOf = (name: string) =>
    app.put('functions', { name, source: functionSource(name), private: true, run_as_system: true });
  const orders = { database: 'shop', collection: 'orders' };
  app.put('triggers', {
    ...{ name: 'lake-sync-shop-orders', type: 'DATABASE', disabled: false },
    ...{ function_id: functionOf('forwardChangeEvent'), config: orders },
  });
  app.put('triggers', {
    ...{ name: 'lake-sync-load', type: 'SCHEDULED', disabled: false },
    ...{ function_id: functionOf('loadCollection'), config: { schedule: '* * * * *' } },
  });
  const operations = countedOperations(app.database, () => undefined);
  await operations.db('shop').collection('orders').insertOne({ _id: 'A-1' });
  const value = () => app.named('values', 'initialLoads')?.['value'];
  // The Value that the app gives to loadCollection.
  const service = app.all('services')[0]?.['name'];
  const loadWith: DeployedLoads['loadWith'] = (environment, ...args) =>
    performed(command, { ...api.environment, ...environment }, '--app', folder, ...args);
  return {
    api,
    app,
    folder,
    deploy,
    put: (given, members = {}) =>
      void app.put('values', { name: 'initialLoads', value: given, private: false, from_secret: false, ...members }),
    entries: () => [...Object(value() ?? [])],
    load: (...args) => loadWith({}, ...args),
    loadWith,
    tick: () =>
      invoke(
        {
          values: {
            initialLoads: value(),
            lakeReceiverUrl: 'https://receiver.test/api/change-events',
            lakeDataSource: service,
          },
          dataSource: String(service),
          database: app.database,
        },
        'loadCollection',
      ),
    is: async (state, members = {}) => {
      const counts = { documents: 40, refused: 0, rate: 0, estimated: 100, secondsLeft: null };
      await operations
        .db('atlas_lake_sync')
        .collection('loads')
        .updateOne(
          { _id: 'shop.orders' },
          { $set: { state, reason: '', restart: '', ...counts, ...members } },
          { upsert: true },
        );
    },
  };
}
