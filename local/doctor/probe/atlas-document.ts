// Inserts the probe's document in Atlas, and removes it, as the app's system user.

import type { Namespace } from '../../atlas-configure/lake-sync.ts';
import type { AdminApi } from '../../atlas-deploy/admin-api.ts';
import { CommandError } from '../../command.ts';
import { callInAtlas } from '../atlas/atlas-call.ts';
import { type EdgeDocument, oddKeys } from './edge-document.ts';

export type Watched = Required<Namespace>;

export interface AtlasDocument {
  /** `hasOddKeys`: the server accepted the keys with a dot and a dollar. */
  readonly insert: () => Promise<{ readonly hasOddKeys: boolean }>;
  readonly remove: () => Promise<void>;
}

export function atlasDocument(
  api: AdminApi,
  appId: string,
  sourceName: string,
  watched: Watched,
  document: EdgeDocument,
): AtlasDocument {
  const doing = 'insert the document of the probe';
  let inserting: ReturnType<AtlasDocument['insert']> | undefined;

  async function insert(): ReturnType<AtlasDocument['insert']> {
    const result = await callInAtlas(api, appId, { doing, source: insertSource(sourceName, watched, document) });
    if (typeof result['problem'] === 'string')
      throw new CommandError(`Cannot ${doing}: the collection must take it: ${wordOf(result['problem'])}`);
    return { hasOddKeys: result['hasOddKeys'] === true };
  }

  return {
    insert: () => {
      inserting = insert();
      return inserting;
    },
    remove: async () => {
      // A person can end the command during the insert. To remove the document too early would leave it there.
      await inserting?.catch(() => undefined);
      const source = removeSource(sourceName, watched, document);
      const result = await callInAtlas(api, appId, { doing: 'remove the document of the probe', source });
      if (result['removed'] !== 1 && result['removed'] !== 0)
        throw new CommandError('Cannot remove the document of the probe: the database must remove it: it does not');
    },
  };
}

/** Shows codes only, such as 121 for a schema's rule and 11000 for a key that exists. */
function wordOf(problem: string): string {
  return /^(no data source|\d{1,6})$/.test(problem) ? `error ${problem}` : 'it does not';
}

function insertSource(sourceName: string, watched: Watched, { text }: EdgeDocument): string {
  return `exports = async function () {
  ${collectionIn(sourceName, watched)}
  var document = EJSON.parse(${JSON.stringify(text)});
  var oddKeys = ${JSON.stringify(oddKeys)};
  try {
    await collection.insertOne(document);
    return JSON.stringify({ hasOddKeys: true });
  } catch (error) {
    // A server before 5.0 refuses such keys.
    oddKeys.forEach(function (key) { delete document[key]; });
    try {
      await collection.insertOne(document);
      return JSON.stringify({ hasOddKeys: false });
    } catch (again) {
      return JSON.stringify({ problem: String(again.code) });
    }
  }
};`;
}

function removeSource(sourceName: string, watched: Watched, { id }: EdgeDocument): string {
  return `exports = async function () {
  ${collectionIn(sourceName, watched)}
  try {
    var removed = await collection.deleteOne({ _id: EJSON.parse('{"$oid":"${id}"}'), atlasLakeSyncDoctor: true });
    return JSON.stringify({ removed: Number(removed.deletedCount) });
  } catch (error) {
    return JSON.stringify({ problem: String(error.code) });
  }
};`;
}

function collectionIn(sourceName: string, { database, collection }: Watched): string {
  return `var service = context.services.get(${JSON.stringify(sourceName)});
  if (service === undefined || service === null) return JSON.stringify({ problem: 'no data source' });
  var collection = service.db(${JSON.stringify(database)}).collection(${JSON.stringify(collection)});`;
}
