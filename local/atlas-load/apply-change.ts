// Changes a load in Atlas: checks that the change is possible, then writes the Value initialLoads.
import type { AdminApi } from '../atlas-deploy/admin-api.ts';
import { nameOf } from '../atlas-deploy/initial-loads.ts';
import { CommandError } from '../command.ts';
import { changeLoads, expectPossible, type LoadChange } from './change-loads.ts';
import { expectDocuments, expectTrigger, readCalling, warningOf } from './expect-loading-app.ts';
import { loadsOf } from './load-lines.ts';
import { type LoadState, readLoadStates, readWanted, writeWanted } from './loads-in-atlas.ts';
import { readEntries } from './read-entries.ts';

const words = { start: 'begins', pause: 'pauses', resume: 'continues', restart: 'begins again' } as const;

/** Returns a line for the person. Changes nothing if it throws. */
export async function applyChange(api: AdminApi, appId: string, change: LoadChange): Promise<string> {
  const { kind, database, collection } = change;
  const name = `${database}.${collection}`;
  const changed = (entries: readonly unknown[]) => changeLoads(entries, change, new Date());
  const { entries } = await readWanted(api, appId);
  expectPossible(change, loadsOf(await readEntries(entries), await readLoadStates(api, appId)));
  await expectRight(changed(entries), kind, name);
  const warning = kind === 'pause' ? '' : await checkApp(api, appId, change);
  // The checks take seconds. Meanwhile a deployment or a person can have changed other loads.
  const current = await readWanted(api, appId);
  await writeWanted(api, appId, current, changed(current.entries));
  return `The load of ${name} ${words[kind]} at the next minute${warning}`;
}

async function checkApp(api: AdminApi, appId: string, change: LoadChange): Promise<string> {
  const calling = await readCalling(api, appId);
  expectTrigger(calling, change.kind);
  if (change.kind !== 'resume') await expectDocuments(api, appId, change);
  return warningOf(calling, change);
}

export async function readLoads(api: AdminApi, appId: string): Promise<readonly LoadState[]> {
  const { entries } = await readWanted(api, appId);
  return loadsOf(await readEntries(entries), await readLoadStates(api, appId));
}

/** The function would skip an entry with a mistake, and the load would wait for ever. */
async function expectRight(entries: readonly unknown[], kind: LoadChange['kind'], name: string): Promise<void> {
  const { wanted, mistakes } = await readEntries(entries);
  if (wanted.some((one) => one.name === name)) return;
  // By the index, because the function cuts long names.
  const places = entries.flatMap((entry, index) => (nameOf(entry) === name ? [`initialLoads[${index}]`] : []));
  const own = mistakes.filter((mistake) => places.some((place) => mistake.startsWith(place)));
  throw new CommandError(
    `Cannot ${kind} the load of ${name}: its entry in the Value initialLoads must have no mistake:\n  ${own.join('\n  ')}`,
  );
}
