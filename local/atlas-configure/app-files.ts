// Makes the text of each JSON file of the app folder. Pure: it depends on lake-sync.json and on the functions of others
// only.
import { initialLoadsValue } from '../atlas-deploy/initial-loads.ts';
import { type Json, toJsonText } from './json-text.ts';
import type { LakeSync, Watched } from './lake-sync.ts';
import { triggerFiles } from './trigger-files.ts';

export const functionsFile = 'functions/config.json';

const functionNames = ['forwardChangeEvent', 'bufferChangeEvent', 'drainOutbox', 'loadCollection', 'requeueRefused'];

/** `added` are entries of the functions' manifest that are not ours. */
export function appFiles(sync: LakeSync, added: readonly Json[]): ReadonlyMap<string, string> {
  const files: [string, Json][] = [
    ['realm_config.json', realmConfig(sync)],
    ['root_config.json', rootConfig(sync)],
    [`data_sources/${sync.dataSource}/config.json`, dataSource(sync.dataSource, sync.cluster)],
    [functionsFile, [...functionNames.map(privateFunction), ...added]],
    ...[...triggerFiles(sync)].map(([name, trigger]): [string, Json] => [`triggers/${name}.json`, trigger]),
    ...valuesOf(sync).map((value): [string, Json] => [`values/${value.name}.json`, { ...value }]),
  ];
  return new Map(files.map(([path, json]) => [path, toJsonText(json)]));
}

export function isOwnFunction(name: unknown): boolean {
  return functionNames.some((own) => own === name);
}

/** It has no rules, because rules are for users. Triggers and their functions run as the system. */
export function dataSource(name: string, clusterName: string): Json {
  return {
    name,
    type: 'mongodb-atlas',
    config: { clusterName, readPreference: 'primary', wireProtocolEnabled: false },
  };
}

/** For realm-cli. */
function realmConfig({ app, region }: LakeSync): Json {
  return {
    config_version: 20210101,
    name: app,
    ...(region.location === undefined ? {} : { location: region.location }),
    provider_region: region.providerRegion,
    deployment_model: region.deploymentModel,
  };
}

/** For appservices. */
function rootConfig({ app, region }: LakeSync): Json {
  return { name: app, provider_region: region.providerRegion, deployment_model: region.deploymentModel };
}

/** Their arguments are change events: Atlas would keep whole documents in its logs. */
function privateFunction(name: string): Json {
  return { name, private: true, run_as_system: true, disable_arg_logs: true };
}

function valuesOf({ receiverUrl, dataSource, batchEvents, batchSeconds, watch }: LakeSync) {
  return [
    { name: initialLoadsValue, from_secret: false, value: watch.flatMap(loadOf) },
    { name: 'lakeReceiverUrl', from_secret: false, value: receiverUrl },
    { name: 'lakeDataSource', from_secret: false, value: dataSource },
    { name: 'lakeBatchEvents', from_secret: false, value: batchEvents },
    { name: 'lakeBatchSeconds', from_secret: false, value: batchSeconds },
    // A value that comes from a secret holds the secret's name.
    { name: 'lakeReceiverKey', from_secret: true, value: 'lakeReceiverKey' },
    { name: 'lakeSigningSecret', from_secret: true, value: 'lakeSigningSecret' },
  ];
}

function loadOf({ database, collection = '', initialLoad }: Watched): Json[] {
  if (initialLoad === false) return [];
  return [{ database, collection, ...(initialLoad === true ? {} : initialLoad) }];
}
