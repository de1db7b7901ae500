// Reads the entries of the Value initialLoads by the rules of the Atlas function. It runs the built function, so that
// both always agree.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../shared/json/record.ts';
import { atlasDatabase } from '../atlas/atlas-database.ts';
import { invoke } from '../atlas/atlas-runtime.ts';
import { initialLoadsValue } from '../atlas-deploy/initial-loads.ts';
import { atlasFunctionsFolder } from '../atlas-functions.ts';

export interface WantedLoad {
  readonly name: string;
  readonly isPaused: boolean;
  /** As the state of a load has it. Empty when the entry does not have it. */
  readonly restart: string;
}

export interface ReadEntries {
  readonly wanted: readonly WantedLoad[];
  readonly mistakes: readonly string[];
}

const ending = `exports = function () {
  return JSON.stringify(readInitialLoads(context.values.get('${initialLoadsValue}')));
};`;

export async function readEntries(entries: readonly unknown[]): Promise<ReadEntries> {
  const script = await readFile(join(atlasFunctionsFolder, 'loadCollection.js'), 'utf8');
  const sourceOf = (): string => `${script}\n${ending}`;
  const app = { values: { [initialLoadsValue]: entries }, database: atlasDatabase(), sourceOf };
  const { result } = await invoke(app, 'loadCollection');
  const { wanted, mistakes } = Object(JSON.parse(String(result)));
  return { wanted: listOf(wanted).filter(isRecord).map(wantedOf), mistakes: listOf(mistakes).map(String) };
}

function wantedOf({ id, paused, restart }: Readonly<Record<string, unknown>>): WantedLoad {
  return { name: String(id), isPaused: paused === true, restart: String(restart) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
