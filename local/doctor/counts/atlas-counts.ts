// Counts the documents of each watched collection, and reads the state of its load. A script in Atlas does it, with the
// rights of the functions.
import { jsonLine } from '../../../shared/json/json-line.ts';
import { isRecord } from '../../../shared/json/record.ts';
import type { AppFolder } from '../../atlas-deploy/app-folder.ts';
import { hasLoads, initialLoadsValue, nameOf } from '../../atlas-deploy/initial-loads.ts';
import { callInAtlas } from '../atlas/atlas-call.ts';
import type { AtlasInReach } from '../atlas/atlas-checks.ts';
import type { Watched } from '../probe/atlas-document.ts';

export interface AtlasCount extends Watched {
  /** From the collection's metadata, so not always exact. Undefined if the database does not answer. */
  readonly documents: number | undefined;
  /** The state of its initial load. Empty without a load. */
  readonly load: string;
  readonly isFiltered: boolean;
  /** Of its entry in the Value initialLoads: of Atlas, else of the app folder. Empty without one. */
  readonly shardKey: readonly string[];
}

/** Only reads. */
const source = (watched: readonly Watched[]): string => `exports = async function () {
  var service = context.services.get(context.values.get('lakeDataSource') || 'mongodb-atlas');
  var watched = ${jsonLine(watched.map(({ database, collection }) => [database, collection]))};
  var entries = context.values.get('initialLoads') || [];
  var loads = await service.db('atlas_lake_sync').collection('loads').find({}).toArray();
  var counts = [];
  for (var index = 0; index < watched.length; index += 1) {
    var database = watched[index][0];
    var name = watched[index][1];
    var collection = service.db(database).collection(name);
    var documents = null;
    try {
      var stats = await collection.aggregate([{ $collStats: { count: {} } }]).toArray();
      // Each shard answers for itself.
      documents = stats.reduce(function (sum, one) { return sum + Number(one.count); }, 0);
    } catch (error) {
      try { documents = Number(await collection.count({})); } catch (unreadable) { documents = null; }
    }
    var load = loads.filter(function (one) { return one._id === database + '.' + name; })[0];
    var entry = entries.filter(function (one) { return one.database === database && one.collection === name; })[0];
    counts.push({
      documents: documents,
      load: load === undefined ? '' : String(load.state),
      filtered: entry !== undefined && entry.filter !== undefined,
      shardKey: entry && entry.shardKey,
    });
  }
  return JSON.stringify({ counts: counts });
};`;

export async function countInAtlas(
  { api, appId, folder }: AtlasInReach,
  watched: readonly Watched[],
): Promise<AtlasCount[]> {
  const { counts } = await callInAtlas(api, appId, { doing: 'count the documents', source: source(watched) });
  const found = Array.isArray(counts) ? counts : [];
  return watched.map((one, index) => {
    const count: Readonly<Record<string, unknown>> = isRecord(found[index]) ? found[index] : {};
    const { documents, load, filtered, shardKey = shardKeyIn(folder, one) } = count;
    return {
      ...one,
      documents: typeof documents === 'number' ? documents : undefined,
      load: typeof load === 'string' ? load : '',
      isFiltered: filtered === true,
      shardKey: Array.isArray(shardKey) ? shardKey.map(String) : [],
    };
  });
}

function shardKeyIn({ values }: AppFolder, { database, collection }: Watched): unknown {
  const loads = values.find(({ name }) => name === initialLoadsValue)?.value;
  const entry = hasLoads(loads) ? loads.find((one) => nameOf(one) === `${database}.${collection}`) : undefined;
  return isRecord(entry) ? entry['shardKey'] : undefined;
}
