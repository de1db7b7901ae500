// Reads the app folder as a push reads it. A push and this command use the same files.
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import {
  booleanAt,
  FormError,
  type JsonObject,
  objectAt,
  optionalTextAt,
  readList,
  readObject,
  textAt,
} from './json.ts';
import { readJson, readText } from './json-file.ts';

export interface AppFolder {
  /** In the form of the Admin API. */
  readonly app: JsonObject & { readonly name: string };
  readonly sources: readonly FolderSource[];
  readonly values: readonly FolderValue[];
  readonly functions: readonly FolderFunction[];
  readonly triggers: readonly FolderTrigger[];
}

export interface FolderSource {
  readonly name: string;
  readonly type: string;
  readonly config: JsonObject;
  readonly clusterName: string;
}

export interface FolderValue {
  readonly name: string;
  /** The secret's name, if the value comes from a secret. */
  readonly value: unknown;
  readonly fromSecret: boolean;
}

export interface FolderFunction {
  readonly name: string;
  readonly source: string;
  readonly private: boolean;
  readonly run_as_system: boolean;
  readonly disable_arg_logs: boolean;
}

export interface FolderTrigger {
  readonly name: string;
  readonly type: string;
  readonly disabled: boolean;
  readonly config: JsonObject;
  /** The data source that it watches. A scheduled trigger has none. */
  readonly sourceName: string | undefined;
  readonly functionName: string;
}

/** The first line of our functions. It distinguishes them from somebody else's functions with the same name. */
export function firstLineOf(functionName: string): string {
  return `// Atlas Lake Sync: ${functionName}`;
}

export function readAppFolder(folder: string, problems: string[]): AppFolder {
  const json = (file: string): unknown => readJson(folder, file);
  function each<T>(pattern: string, read: (file: string) => T): T[] {
    const files = globSync(pattern, { cwd: folder }).map((file) => file.replaceAll('\\', '/'));
    return files.sort().flatMap((file) => attempt(() => [read(file)], problems) ?? []);
  }

  const entries = attempt(() => readList(json('functions/config.json'), 'functions/config.json'), problems) ?? [];
  return {
    app: attempt(() => readApp(folder), problems) ?? { name: '' },
    sources: each('data_sources/*/config.json', (file) => readSource(json(file), file)),
    values: each('values/*.json', (file) => readValue(json(file), file)),
    functions: entries.flatMap((entry) => attempt(() => [readFunction(folder, entry)], problems) ?? []),
    triggers: each('triggers/*.json', (file) => readTrigger(json(file), file)),
  };
}

function attempt<T>(read: () => T, problems: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

function readApp(folder: string): AppFolder['app'] {
  const realm = readObject(readJson(folder, 'realm_config.json'), 'realm_config.json');
  const hasRoot = existsSync(join(folder, 'root_config.json'));
  const root = hasRoot ? readObject(readJson(folder, 'root_config.json'), 'root_config.json') : {};
  const members = {
    ...pick(root, 'provider_region', 'deployment_model'),
    ...pick(realm, 'location', 'provider_region', 'deployment_model'),
  };
  return { ...members, name: textAt(realm, 'name', 'realm_config.json') };
}

function pick(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]));
}

function readSource(json: unknown, file: string): FolderSource {
  const source = readObject(json, file);
  const config = objectAt(source, 'config', file);
  const clusterName = textAt(config, 'clusterName', file);
  return { name: textAt(source, 'name', file), type: textAt(source, 'type', file), config, clusterName };
}

function readValue(json: unknown, file: string): FolderValue {
  const value = readObject(json, file);
  const fromSecret = booleanAt(value, 'from_secret', file);
  const name = textAt(value, 'name', file);
  return { name, value: fromSecret ? textAt(value, 'value', file) : value['value'], fromSecret };
}

function readFunction(folder: string, json: unknown): FolderFunction {
  const where = 'functions/config.json';
  const entry = readObject(json, where);
  const name = textAt(entry, 'name', where);
  return {
    name,
    source: readText(folder, `functions/${name}.js`),
    private: booleanAt(entry, 'private', where),
    run_as_system: booleanAt(entry, 'run_as_system', where),
    disable_arg_logs: booleanAt(entry, 'disable_arg_logs', where),
  };
}

function readTrigger(json: unknown, file: string): FolderTrigger {
  const trigger = readObject(json, file);
  const processors = objectAt(trigger, 'event_processors', file);
  const called = objectAt(objectAt(processors, 'FUNCTION', file), 'config', file);
  const { service_name: _, ...config } = objectAt(trigger, 'config', file);
  return {
    name: textAt(trigger, 'name', file),
    type: textAt(trigger, 'type', file),
    disabled: booleanAt(trigger, 'disabled', file),
    config,
    sourceName: optionalTextAt(objectAt(trigger, 'config', file), 'service_name'),
    functionName: textAt(called, 'function_name', file),
  };
}
