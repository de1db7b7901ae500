// Plans and makes the changes of the app folder. It touches our own files only.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRecord } from '../../shared/json/record.ts';
import { codeOf } from '../../shared/lake/fault.ts';
import { dataSource, functionsFile, isOwnFunction } from './app-files.ts';
import { type Json, toJsonText } from './json-text.ts';
import { ownPrefix } from './trigger-name.ts';

export interface Change {
  /** `kept` is a trigger of somebody else. */
  readonly kind: 'written' | 'changed' | 'removed' | 'unchanged' | 'kept';
  readonly path: string;
}

export async function planChanges(folder: string, files: ReadonlyMap<string, string>): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const [path, text] of files) {
    const found = await textIn(folder, path);
    changes.push({ path, kind: found === undefined ? 'written' : found === text ? 'unchanged' : 'changed' });
  }
  for (const path of await filesIn(folder, 'triggers')) {
    if (files.has(path)) continue;
    changes.push({ path, kind: isOwnTrigger(path, await textIn(folder, path)) ? 'removed' : 'kept' });
  }
  for (const name of await foldersIn(folder, 'data_sources')) {
    const path = `data_sources/${name}/config.json`;
    if (!files.has(path) && (await isOwnDataSource(folder, name))) changes.push({ path, kind: 'removed' });
  }
  return changes;
}

export async function applyChanges(folder: string, files: ReadonlyMap<string, string>, changes: readonly Change[]) {
  // Removes first, because on some file systems shop.Orders and shop.orders are one file.
  for (const { path } of changes.filter(({ kind }) => kind === 'removed')) await removeFile(folder, path);
  for (const { path } of changes.filter(({ kind }) => kind === 'written' || kind === 'changed')) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), files.get(path) ?? '');
  }
}

/** A data source is a folder. The loaders refuse such a folder without its file. */
async function removeFile(folder: string, path: string): Promise<void> {
  await rm(join(folder, path.startsWith('data_sources/') ? dirname(path) : path), { recursive: true });
}

/** Returns the entries of the functions' manifest that are not ours. Undefined if the manifest cannot be read. */
export async function addedFunctions(folder: string): Promise<readonly Json[] | undefined> {
  const text = await textIn(folder, functionsFile);
  if (text === undefined) return [];
  const entries = jsonOf(text);
  if (!Array.isArray(entries)) return undefined;
  return entries.filter((entry) => !(isRecord(entry) && isOwnFunction(entry['name'])));
}

/** Looks at the trigger's name, because Atlas uses that. Looks at the file's name if the file cannot be read. */
function isOwnTrigger(path: string, text = ''): boolean {
  const trigger = jsonOf(text);
  const name = isRecord(trigger) ? trigger['name'] : path.slice('triggers/'.length);
  return typeof name === 'string' && name.startsWith(ownPrefix);
}

/** True only if this command wrote the file, and if no other file is beside it. */
async function isOwnDataSource(folder: string, name: string): Promise<boolean> {
  if ((await readdir(join(folder, 'data_sources', name))).join() !== 'config.json') return false;
  const text = await textIn(folder, `data_sources/${name}/config.json`);
  const config = jsonOf(text ?? '');
  const inner = isRecord(config) && isRecord(config['config']) ? config['config'] : {};
  return toJsonText(dataSource(name, String(inner['clusterName']))) === text;
}

async function filesIn(folder: string, name: string): Promise<readonly string[]> {
  const entries = await entriesIn(folder, name);
  return entries.filter((entry) => entry.isFile()).map((entry) => `${name}/${entry.name}`);
}

async function foldersIn(folder: string, name: string): Promise<readonly string[]> {
  const entries = await entriesIn(folder, name);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

async function entriesIn(folder: string, name: string) {
  try {
    const entries = await readdir(join(folder, name), { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function textIn(folder: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, path), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function jsonOf(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
