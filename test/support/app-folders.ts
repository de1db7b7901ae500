// App folders in the form of npm run atlas:configure, for tests of their readers.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './lakes.ts';

export const functionNames = ['forwardChangeEvent', 'bufferChangeEvent', 'drainOutbox', 'requeueRefused'] as const;
export const moviesTrigger = 'lake-sync-sample_mflix-movies';

/** By path in the folder: text, or a value for JSON. Undefined removes a file. */
export type Files = Readonly<Record<string, unknown>>;

export function functionSource(name: string): string {
  return `// Atlas Lake Sync: ${name}\nexports = function () {\n  return '${name}';\n};\n`;
}

export function databaseTrigger(name = moviesTrigger, config: Files = {}, functionName = 'forwardChangeEvent') {
  return {
    name,
    type: 'DATABASE',
    disabled: false,
    config: {
      service_name: 'mongodb-atlas',
      database: 'sample_mflix',
      collection: 'movies',
      operation_types: ['INSERT', 'UPDATE', 'REPLACE', 'DELETE'],
      full_document: true,
      full_document_before_change: true,
      unordered: false,
      skip_catchup_events: false,
      tolerate_resume_errors: false,
      ...config,
    },
    event_processors: { FUNCTION: { config: { function_name: functionName } } },
  };
}

function appFiles(): Files {
  const functions = functionNames.map((name) => [`functions/${name}.js`, functionSource(name)] as const);
  const fromSecret = (name: string) => ({ name, value: name, from_secret: true });
  return {
    'realm_config.json': {
      config_version: 20210101,
      name: 'atlas-lake-sync',
      location: 'IE',
      deployment_model: 'LOCAL',
    },
    'root_config.json': { name: 'atlas-lake-sync', deployment_model: 'LOCAL', provider_region: 'azure-westeurope' },
    'functions/config.json': functionNames.map((name) => ({
      name,
      private: true,
      run_as_system: true,
      disable_arg_logs: true,
    })),
    ...Object.fromEntries(functions),
    'values/lakeReceiverUrl.json': {
      name: 'lakeReceiverUrl',
      value: 'https://receiver.example/api/change-events',
      from_secret: false,
    },
    'values/lakeDataSource.json': { name: 'lakeDataSource', value: 'mongodb-atlas', from_secret: false },
    'values/lakeReceiverKey.json': fromSecret('lakeReceiverKey'),
    'values/lakeSigningSecret.json': fromSecret('lakeSigningSecret'),
    'data_sources/mongodb-atlas/config.json': {
      name: 'mongodb-atlas',
      type: 'mongodb-atlas',
      config: { clusterName: 'Cluster0', readPreference: 'primary', wireProtocolEnabled: false },
    },
    [`triggers/${moviesTrigger}.json`]: databaseTrigger(),
    'triggers/drainOutbox.json': {
      name: 'drainOutbox',
      type: 'SCHEDULED',
      disabled: false,
      config: { schedule: '*/5 * * * *' },
      event_processors: { FUNCTION: { config: { function_name: 'drainOutbox' } } },
    },
  };
}

export async function temporaryAppFolder(t: Pick<TestContext, 'after'>, changed: Files = {}): Promise<string> {
  const folder = await temporaryFolder(t);
  await writeFiles(folder, { ...appFiles(), ...changed });
  return folder;
}

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    if (content === undefined) await rm(file, { force: true });
    else await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
}
