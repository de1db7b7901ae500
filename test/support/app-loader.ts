// Loads an app folder like realm-cli and appservices: returns what they would push, or their error. It follows
// 10gen/realm-cli:internal/local (2.6.3). The source of appservices is not public, so it follows its configuration
// reference.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { isRecord } from '../../shared/json/record.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** An entry is null if a file is empty, because a push sends it so. */
export interface LoadedApp {
  readonly root: JsonObject;
  readonly environments: readonly (JsonObject | null)[];
  readonly values: readonly (JsonObject | null)[];
  readonly triggers: readonly (JsonObject | null)[];
  readonly logForwarders: readonly (JsonObject | null)[];
  readonly functions: {
    readonly configs: readonly (JsonObject | null)[];
    readonly sources: ReadonlyMap<string, string>;
  };
  readonly dataSources: readonly { readonly config: JsonObject | null; readonly rules: readonly JsonObject[] }[];
}

export function loadWithRealmCli(folder: string): LoadedApp {
  for (const older of ['config.json', 'stitch.json'])
    if (existsSync(join(folder, older))) throw new Error(`Cannot load: ${older} makes it an app of an older version`);
  const root = readRoot(folder, 'realm_config.json');
  if (typeof root['config_version'] !== 'number' || root['config_version'] === 0)
    throw new Error('Cannot load: realm_config.json must have a config_version');
  return { root, ...loadParts(folder) };
}

export function loadWithAppServices(folder: string): LoadedApp {
  for (const reserved of ['config.json', 'stitch.json', 'app_config.json'])
    if (existsSync(join(folder, reserved))) throw new Error(`Cannot load: ${reserved} is a reserved name`);
  const root = readRoot(folder, 'root_config.json');
  for (const name of ['name', 'deployment_model', 'provider_region'])
    if (typeof root[name] !== 'string') throw new Error(`Cannot load: root_config.json must have ${name}`);
  return { root, ...loadParts(folder) };
}

function loadParts(folder: string): Omit<LoadedApp, 'root'> {
  readObject(join(folder, 'secrets.json'));
  return {
    environments: readEach(join(folder, 'environments')),
    values: readEach(join(folder, 'values')),
    triggers: readEach(join(folder, 'triggers')),
    logForwarders: readEach(join(folder, 'log_forwarders')),
    functions: readFunctions(join(folder, 'functions')),
    dataSources: foldersIn(join(folder, 'data_sources')).map(readDataSource),
  };
}

function readRoot(folder: string, name: string): JsonObject {
  const root = readObject(join(folder, name));
  if (root === null) throw new Error(`Cannot load: failed to find app: there is no ${name}`);
  return root;
}

/** Every file with any extension. Folders are skipped. */
function readEach(folder: string): (JsonObject | null)[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return files.map(({ name }) => readObject(join(folder, name)));
}

/** Every `.js` at any depth is deployed, also tests. */
function readFunctions(folder: string): LoadedApp['functions'] {
  if (!existsSync(folder)) return { configs: [], sources: new Map() };
  const configs = readJson(join(folder, 'config.json')) ?? [];
  if (!Array.isArray(configs)) throw new Error('Cannot load: functions/config.json must be an array');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) === '.js')
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(/[/\\]/).includes('node_modules'));
  return { configs, sources: new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')])) };
}

function readDataSource(folder: string): LoadedApp['dataSources'][number] {
  const collections = foldersIn(folder).flatMap(foldersIn);
  return { config: readObject(join(folder, 'config.json')), rules: collections.map(readRules) };
}

function readRules(folder: string): JsonObject {
  const rules = readObject(join(folder, 'rules.json'));
  const schema = readObject(join(folder, 'schema.json'));
  const relationships = readObject(join(folder, 'relationships.json'));
  if (rules !== null && Object.keys(rules).length === 0) throw new Error('Cannot load: rules file cannot be empty');
  if (rules === null && (schema === null || relationships === null))
    throw new Error(`Cannot load: ${folder} must have rules.json, or schema.json and relationships.json`);
  return { ...rules, schema, relationships };
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => join(folder, name));
}

function readObject(file: string): JsonObject | null {
  const value = readJson(file);
  if (value !== null && !isRecord(value)) throw new Error(`Cannot load: ${file} must hold an object`);
  return value;
}

/** Null if the file is missing or empty. */
function readJson(file: string): unknown {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  try {
    return text === '' ? null : JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot load: ${file} must be JSON`, { cause: error });
  }
}
