// A first look at whether the lake is complete: compares the documents of each watched collection with the latest
// state.
import type { Environment } from '../../../shared/app/setting-reader.ts';
import { within } from '../../../shared/async/deadline.ts';
import { describeFault } from '../../../shared/lake/fault.ts';
import type { AppFolder } from '../../atlas-deploy/app-folder.ts';
import { CommandError } from '../../command.ts';
import { openPlaces } from '../../query/open-places.ts';
import { shellWord } from '../../shell-word.ts';
import { withCommas } from '../../with-commas.ts';
import type { AtlasInReach } from '../atlas/atlas-checks.ts';
import { type Check, type Checking, failed, leftOut, ok } from '../check.ts';
import type { Watched } from '../probe/atlas-document.ts';
import { type AtlasCount, countInAtlas } from './atlas-counts.ts';
import type { LakeCount } from './lake-counts.ts';
import { type KeyNames, shardKeyOf } from './load-keys.ts';

const countsName = ({ database, collection }: Watched): string => `documents of ${database}.${collection}`;
/** More collections would make the doctor slow. */
const mostCollections = 20;
/** Other programs write while the doctor counts. */
const allowedShare = 0.01;
const limitMs = 60_000;

export async function* checkCounts(atlas: AtlasInReach, environment: Environment): Checking {
  const all = watchedBy(atlas.folder);
  const watched = all.slice(0, mostCollections);
  if (watched.length === 0) return;
  try {
    const inAtlas = await countInAtlas(atlas, watched);
    // Loads DuckDB only if there is a collection to count.
    const { countInLake } = await import('./lake-counts.ts');
    const places = await openPlaces(environment, 'count');
    const inLake = await within(limitMs, (signal) => countInLake(watched, places, signal));
    for (const [index, count] of inAtlas.entries()) yield judgeCounts(count, inLake[index]);
  } catch (error) {
    const why = error instanceof CommandError ? error.message : describeFault(error);
    yield leftOut('documents', `the documents in the lake cannot be counted from here: ${why}`, 'npm run verify');
    return;
  }
  if (all.length > watched.length)
    yield leftOut('documents of other collections', `the doctor counts ${mostCollections} of ${all.length}`);
}

/** Triggers of a whole database name no collection. */
function watchedBy({ triggers }: AppFolder): readonly Watched[] {
  return triggers.flatMap(({ type, disabled, config: { database, collection } }) =>
    type === 'DATABASE' &&
    !disabled &&
    typeof database === 'string' &&
    typeof collection === 'string' &&
    collection !== ''
      ? [{ database, collection }]
      : [],
  );
}

export function judgeCounts(count: AtlasCount, lake: LakeCount | undefined): Check {
  const name = countsName(count);
  const namespace = shellWord(`${count.database}.${count.collection}`);
  const shardKey = count.shardKey.length === 0 ? '' : ` --shard-key ${shellWord(count.shardKey.join())}`;
  const verify = `npm run verify -- --namespace ${namespace} --file <dump>${shardKey}   # see docs/initial-load.md`;
  if (count.documents === undefined || lake === undefined)
    return leftOut(name, 'the database does not return a count', verify);
  if (lake.kind === 'too-large') {
    const there = `${withCommas(count.documents)} in the collection`;
    return leftOut(
      name,
      `${there}; its ${withCommas(lake.megabytes)} MB in the lake are too large for a first look`,
      verify,
    );
  }
  if (lake.differing !== undefined) return wrongShardKey(name, namespace, lake.differing);
  const told = `${withCommas(count.documents)} in the collection, ${withCommas(lake.keys)} in the latest state of the lake`;
  const allowed = Math.ceil(Math.max(count.documents, lake.keys) * allowedShare);
  if (Math.abs(count.documents - lake.keys) <= allowed) return ok(name, told);
  if (lake.flatMegabytes !== undefined)
    return leftOut(name, `${told}, without ${withCommas(lake.flatMegabytes)} MB of files outside of folders`, verify);
  if (count.isFiltered) return leftOut(name, `${told}; the load has a filter, so they differ`);
  if (count.load === 'running' || count.load === 'paused')
    return leftOut(name, `${told}; the load is ${count.load}`, 'npm run atlas:load -- --watch');
  if (count.load === 'done' || lake.keys > count.documents)
    return failed(name, `the counts must agree: ${told}`, verify);
  return leftOut(
    name,
    `${told}; documents from before the trigger are missing until they are loaded`,
    `npm run atlas:load -- --start ${namespace}${shardKey}   # or npm run load, from a dump`,
  );
}

function wrongShardKey(name: string, namespace: string, keys: KeyNames): Check {
  const key = shellWord(shardKeyOf(keys));
  const restart = `npm run atlas:load -- --restart ${namespace} --shard-key ${key}`;
  const repair = `npm run verify -- --namespace ${namespace} --file <dump> --shard-key ${key} --repair`;
  const found = `those of the load have ${keys.ofLoad.join(', ')}, those of changes have ${keys.ofChanges.join(', ')}`;
  return failed(
    name,
    `the document keys of the load must have the fields of change events: ${found}`,
    `${restart}   # then ${repair}`,
  );
}
