// What a load asks about its collection: what kind it is, and about how many documents it has.
import { fieldsOf } from './fields.ts';
import type { Wanted } from './initial-loads.ts';
import { collectionOf } from './outbox.ts';
import { within } from './time.ts';

const lookMs = 10000;
const viewRefusal = 'it must be a collection: it is a view';
const timeSeriesRefusal = 'it must be a collection with change streams: it is a time series collection';

/**
 * Both are in `system.views`. Whether a function may read it is not documented: the server's own refusal comes later.
 */
export async function kindRefusal({ database, collection, id }: Wanted): Promise<string> {
  try {
    const view = await within(lookMs, collectionOf(database, 'system.views').findOne({ _id: id }, { viewOn: 1 }));
    if (view === undefined || view === null) return '';
    return view['viewOn'] === `system.buckets.${collection}` ? timeSeriesRefusal : viewRefusal;
  } catch (_notAllowed) {
    return '';
  }
}

/** Words of the server that mean: this is no collection to load. Empty for all other faults. */
export function refusalOf(error: unknown): string {
  const text = String(error);
  if (/time-?\s?series/i.test(text)) return timeSeriesRefusal;
  if (Number(fieldsOf(error)['code']) === 166 || /CommandNotSupportedOnView|\bviews?\b/.test(text)) return viewRefusal;
  if (/unknown (?:top level )?operator|BadValue|FailedToParse/.test(text))
    return 'the filter must be a query: the server refuses it';
  return '';
}

/** From the metadata, or counted. Null when both are slow. */
export async function estimate({ database, collection, filter }: Wanted): Promise<number | null> {
  const query = filter === undefined ? {} : filter;
  if (filter === undefined) {
    const counted = await quickly(async () => {
      const [stats] = await collectionOf(database, collection)
        .aggregate([{ $collStats: { count: {} } }])
        .toArray();
      return stats === undefined ? undefined : stats['count'];
    });
    if (counted !== null) return counted;
  }
  return await quickly(() => collectionOf(database, collection).count(query));
}

async function quickly(look: () => Promise<unknown>): Promise<number | null> {
  try {
    const found = await within(lookMs, look());
    return found === undefined || found === null ? null : Number(found);
  } catch (_refused) {
    return null;
  }
}
