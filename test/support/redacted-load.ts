// A load and live events of one story, in two collections: `open` has no rules, and the keys of `hidden` are hashed.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command as load } from '../../local/commands/load.ts';
import { folderWriter } from '../../shared/lake/folder/folder-writer.ts';
import { eventSeconds } from './change-events.ts';
import { performed } from './commands.ts';
import { secret } from './deliveries.ts';
import { storeEvents, type Told, toldEvent } from './lake-story.ts';

export const collections = ['open', 'hidden'] as const;
/** The load begins this number of seconds after the story. */
const loadSecond = 10;
const dumped = [1, 2, 3, 4, 5, 7];

type Change = readonly [second: number, operationType: string, id?: number, n?: number | null];

/** In stream order. `n` names the version; null is a look-up that found no document. */
const changes: readonly Change[] = [
  [1, 'insert', 8, 801],
  [2, 'drop'],
  [3, 'insert', 1, 101],
  [4, 'insert', 4, 401],
  [9, 'delete', 4],
  // In the second of the load: after it.
  [loadSecond, 'update', 3, 302],
  [loadSecond, 'delete', 5],
  [12, 'insert', 5, 502],
  [15, 'insert', 6, 601],
  [20, 'delete', 1],
  [30, 'replace', 7, 702],
  [31, 'update', 7, null],
];

/** The versions: `n`, and the seconds from and to. The document of key k in the dump has the `n` 50 + k. */
export const versions = [
  [51, loadSecond, 20],
  [52, loadSecond, null],
  [53, loadSecond, loadSecond],
  [54, loadSecond, null],
  [55, loadSecond, loadSecond],
  [57, loadSecond, 30],
  [101, 3, loadSecond],
  [302, loadSecond, null],
  [401, 4, 9],
  [502, 12, null],
  [601, 15, null],
  [702, 30, null],
  [801, 1, 2],
] as const;

export function momentOf(second: number): string {
  return new Date((eventSeconds + second) * 1000).toISOString();
}

/** Fills `<folder>/lake` by `npm run load` and by the receiver. Both have the same rules. Returns their settings. */
export async function storeRedactedLoad(folder: string): Promise<Record<string, string>> {
  const lake = join(folder, 'lake');
  const rules = { REDACT: 'shop.hidden: _id=hash, email', REDACT_KEY: secret };
  const environment = { LAKE_URL: `file:${lake}`, ...rules };
  const dump = join(folder, 'dump.json');
  writeFileSync(dump, dumped.map((id) => `${JSON.stringify({ _id: id, ...fieldsOf(50 + id) })}\n`).join(''));
  for (const coll of collections) {
    const told = changes.map((change, at) => toldEvent(toldChange(coll, change, at)));
    await storeEvents(folderWriter(lake), [told.slice(0, 7), told.slice(7)], rules);
    const options = ['--namespace', `shop.${coll}`, '--at', momentOf(loadSecond)];
    const { code, output } = await performed(load, environment, '--file', dump, ...options);
    assert.equal(code, 0, output);
  }
  return environment;
}

function toldChange(coll: string, [second, operationType, id, n]: Change, at: number): Told {
  const fields = typeof n === 'number' ? fieldsOf(n) : n;
  const told = { operationType, db: 'shop', coll, id, second, increment: at + 1 };
  return fields === undefined ? told : { ...told, fields };
}

function fieldsOf(n: number) {
  return { n, email: `${n}@example.com` };
}
