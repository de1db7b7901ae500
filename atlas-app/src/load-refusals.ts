// What cannot be loaded: views, time series collections, and filters that the server refuses.
import { fieldsOf } from './event.ts';
import type { Wanted } from './initial-loads.ts';
import { collectionOf, within } from './runtime.ts';

/** For each question about a collection. */
export const lookMs = 10000;
const viewRefusal = 'it must be a collection: it is a view';
const timeSeriesRefusal = 'it must be a collection with change streams: it is a time series collection';

/**
 * Both are in `system.views`. The documentation does not say if a function may read it. If not, the server refuses the
 * load later.
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

/** Words of the server for a collection that cannot be loaded. Empty for all other faults. */
export function refusalOf(error: unknown, { id }: Wanted): string {
  // The server names the collection, and a collection can have the name "views".
  const text = String(error).split(id).join('');
  if (/time-?\s?series/i.test(text)) return timeSeriesRefusal;
  if (Number(fieldsOf(error)['code']) === 166 || /CommandNotSupportedOnView|\bviews?\b/.test(text)) return viewRefusal;
  if (/unknown (?:top level )?operator|BadValue|FailedToParse/.test(text))
    return 'the filter must be a query: the server refuses it';
  return '';
}
