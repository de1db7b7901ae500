// npm run atlas:configure: writes the JSON files of the App Services app from lake-sync.json, which a person edits.
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { appFiles, functionsFile } from '../atlas-configure/app-files.ts';
import { addedFunctions, applyChanges, type Change, planChanges } from '../atlas-configure/app-folder.ts';
import type { LakeSync } from '../atlas-configure/lake-sync.ts';
import { nextSteps, warningsOf } from '../atlas-configure/next-steps.ts';
import { readSync } from '../atlas-configure/read-sync.ts';
import { type Command, CommandError, reasonOf } from '../command.ts';
import { root } from '../paths.ts';

const help = `npm run atlas:configure [-- [--check] [--app <folder>]]

Writes the App Services app of atlas-app/ from atlas-app/lake-sync.json: its triggers, values, data source and root
files. You can repeat it. It removes triggers named lake-sync-… that are no longer in "watch". It leaves other triggers.

  --check          writes nothing; ends with 1 if a file would change
  --app <folder>   another folder with a lake-sync.json

Members of lake-sync.json:

  app                 name of the App Services app: 1 to 32 letters, digits, _ and -
  cluster             name of the Atlas cluster
  dataSource          name of the data source in the app, usually mongodb-atlas
  receiverUrl         https://<function app>.azurewebsites.net/api/change-events, without a key
  region              where the app runs: { "deploymentModel": "LOCAL", "providerRegion": "azure-eastus2" }, near the
                      receiver
  watch               a list of the collections and databases to copy, see below
  drainEveryMinutes   how often unsent events are sent again: 1 (default) to 60, a divisor of 60
  batchEvents         how many events bufferChangeEvent collects, and the drain sends at once: at most 1000 (default)
  batchSeconds        how long bufferChangeEvent collects events: at most 60 s (default), from 1 to 3600

Members of an entry of watch:

  collection    "<database>.<collection>"
  database      instead of collection: a whole database, with its future collections; its deletes have no document
  function      "forwardChangeEvent" (default) sends at once; "bufferChangeEvent" collects, and sends in batches
  ordered       true (default): one event at a time, in order; false: many at once, which is faster
  preImages     true (default for a collection): deletes have their document; this needs storage on the cluster
  enabled       true (default); false keeps the trigger and stops it
  initialLoad   true: also loads the documents that existed before the trigger; false (default); it needs "enabled":
                true. { "shardKey": ["region"], "documentsPerSecond": 500, "filter": { … } } limits the load; a sharded
                collection needs its shardKey`;

export const command: Command = {
  help,
  options: ['app'],
  flags: ['check'],
  run: async ({ app = 'atlas-app', check }, { write }) => {
    const folder = resolve(root, app);
    const sync = await readSyncOf(folder, app);
    const files = appFiles(sync, await addedFunctionsOf(folder));
    const changes = await onDisk(folder, planChanges(folder, files));
    if (check !== undefined) return write(confirmed(changes, app));

    await onDisk(folder, applyChanges(folder, files, changes));
    write(
      `Configured ${app} from lake-sync.json: ${sync.watch.length} ${sync.watch.length === 1 ? 'trigger' : 'triggers'} on change events, two on a schedule\n`,
    );
    write(`${listOf(changes)}\n`);
    for (const warning of warningsOf(sync)) write(`${warning}\n`);
    write(nextSteps(sync, app));
  },
};

async function readSyncOf(folder: string, app: string): Promise<LakeSync> {
  const text = await readFile(join(folder, 'lake-sync.json'), 'utf8').catch((error: unknown) => {
    throw new CommandError(
      `Cannot configure: ${app}/lake-sync.json must be a file that can be read: ${reasonOf(error)}`,
    );
  });
  const read = await readSync(text);
  if (read.kind === 'read') return read.sync;
  throw new CommandError(read.problems.map((problem) => `Cannot configure: ${problem}`).join('\n'));
}

async function addedFunctionsOf(folder: string) {
  const added = await onDisk(folder, addedFunctions(folder));
  if (added !== undefined) return added;
  throw new CommandError(
    `Cannot configure: ${functionsFile} must be a JSON list, because functions of others must stay: it has another form`,
  );
}

async function onDisk<T>(folder: string, work: Promise<T>): Promise<T> {
  return await work.catch((error: unknown) => {
    throw new CommandError(
      `Cannot configure: the app folder must be one that can be read and written: ${JSON.stringify(folder)}: ${reasonOf(error)}`,
    );
  });
}

function confirmed(changes: readonly Change[], app: string): string {
  const different = changes.filter(({ kind }) => kind !== 'unchanged' && kind !== 'kept');
  if (different.length > 0)
    throw new CommandError(
      `${listOf(different)}\n\nCannot confirm ${app}: it must be what npm run atlas:configure writes: these files differ`,
    );
  return `${app} agrees with lake-sync.json`;
}

function listOf(changes: readonly Change[]): string {
  const unchanged = changes.filter(({ kind }) => kind === 'unchanged').length;
  const lines = changes
    .filter(({ kind }) => kind !== 'unchanged')
    .map(({ kind, path }) => `  ${kind.padEnd(9)}  ${path}${explanationOf(kind)}`);
  return [...lines, ...(unchanged > 0 ? [`  unchanged  ${unchanged} files`] : [])].join('\n');
}

function explanationOf(kind: Change['kind']): string {
  if (kind === 'removed') return ' (no longer in lake-sync.json)';
  return kind === 'kept' ? ' (not written by this command)' : '';
}
