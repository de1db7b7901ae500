// Runs npm run tables, and returns the exit code. Tests call it too.

import { openPlaces, openRemovers } from '../../shared/app/open-tables.ts';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { readSettings, type Settings } from '../../shared/app/settings.ts';
import { type Collection, joined } from '../../shared/tables/lake-files.ts';
import type { Places } from '../../shared/tables/places.ts';
import { CommandError } from '../command.ts';
import { lakeEnvironment } from '../lake-environment.ts';
import { readingFault } from '../reading-fault.ts';
import { compactByHand } from './compact-by-hand.ts';
import type { Output } from './output.ts';
import { printTables } from './print-tables.ts';
import { pruneByHand, removeOrphans } from './remove-by-hand.ts';
import { readAction, readCollection, readHours, readOlderThan, refuseOthers } from './tables-options.ts';

export interface TablesOptions {
  /** The arguments after `--`. */
  readonly words: readonly string[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly collection?: string | undefined;
  readonly olderThan?: string | undefined;
  readonly json: boolean;
  readonly yes: boolean;
}

export async function runTables(options: TablesOptions, environment: Environment, output: Output): Promise<number> {
  try {
    return await run(options, environment, output);
  } catch (error) {
    throw readingFault('the lake and its tables', error);
  } finally {
    output.progress.end();
  }
}

async function run(options: TablesOptions, environment: Environment, output: Output): Promise<number> {
  const settings = settingsOf(environment);
  const places = await placesOf(settings);
  const collection = readCollection(options.collection);
  const action = readAction(options.words);
  const { from, to, olderThan, yes } = options;
  const given = { from, to, collection: options.collection, 'older-than': olderThan, yes: yes || undefined };
  refuseOthers(action, given);
  const signal = output.signal;
  if (collection !== undefined) await assertKnown(places, collection, options.collection, signal);
  switch (action) {
    case undefined:
      return await printTables(places, options.json, output);
    case 'compact':
      return await compactByHand(
        places,
        { range: readHours(options.from, options.to), collection },
        options.json,
        output,
      );
    case 'prune':
    case 'orphans': {
      if (places.kind !== 'delta') throw new CommandError(`Cannot ${action}: TABLES must be "delta": it is "jsonl"`);
      const removers = await openRemovers(settings);
      if (removers === undefined) throw noLocation();
      const asked = { collection, yes: options.yes, json: options.json };
      const olderThanMs = Date.now() - readOlderThan(options.olderThan, action === 'prune' ? 30 : 7);
      return action === 'prune'
        ? await pruneByHand(places, removers, { ...asked, olderThanMs }, output, signal)
        : await removeOrphans(places, removers, { ...asked, olderThanMs }, output, signal);
    }
  }
}

/** A name with a typing error has nothing to do, and would look like success. */
async function assertKnown(
  places: Places,
  { db, coll }: Collection,
  name: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  for (const { reader, directory } of [places.lake, places.tables])
    if ((await reader.folders(joined(directory, db), signal)).includes(coll)) return;
  throw new CommandError(`Cannot find the table: --collection must be in the lake: ${JSON.stringify(name)} is not`);
}

function settingsOf(environment: Environment): Settings {
  const read = readSettings(lakeEnvironment(environment));
  if (read.kind === 'valid') return read.settings;
  throw new CommandError(read.problems.map((problem) => `Cannot open the tables: ${problem}`).join('\n'));
}

async function placesOf(settings: Settings): Promise<Places> {
  if (settings.naming.layout === 'flat')
    throw new CommandError(
      'Cannot open the tables: LAKE_LAYOUT must be "partitioned": it is "flat", which has no folders of hours',
    );
  const places = await openPlaces(settings, settings.tables.format === 'jsonl' ? 'jsonl' : 'delta');
  if (places === undefined) throw noLocation();
  return places;
}

function noLocation(): CommandError {
  return new CommandError(
    'Cannot open the tables: TABLES_URL must be set if the lake is the root of its container: it is not set',
  );
}
