// What cannot be loaded: views, time series collections, and filters that the server refuses.
import { fieldsOf } from './event.ts';
import type { Wanted } from './initial-loads.ts';

export const viewRefusal = 'it must be a collection: it is a view';
export const timeSeriesRefusal = 'it must be a collection with change streams: it is a time series collection';
const filterRefusal = 'the filter must be a query: the server refuses it';

/** Says why a collection cannot be loaded. Empty for all other faults, because they pass. */
export function refusalOf(error: unknown, wanted: Wanted): string {
  const kind = kindRefusalOf(error, wanted);
  if (kind !== '' || wanted.filter === undefined) return kind;
  const isOfFilter = isNamed(error, 2, 'BadValue') || isNamed(error, 9, 'FailedToParse');
  return isOfFilter || /\bunknown (?:top level )?operator: /.test(wordsOf(error, wanted)) ? filterRefusal : '';
}

/** The server's code for views also means time series collections. Only the text distinguishes them. */
export function kindRefusalOf(error: unknown, wanted: Wanted): string {
  const words = wordsOf(error, wanted);
  if (/lock for timeseries is not allowed|not (?:supported|allowed) on (?:a )?time-?\s?series /i.test(words))
    return timeSeriesRefusal;
  const isView = isNamed(error, 166, 'CommandNotSupportedOnView') || /\bis a view, not a collection\b/.test(words);
  return isView ? viewRefusal : '';
}

/** The text without the namespace, because a collection can have any words in its name. */
function wordsOf(error: unknown, { id }: Wanted): string {
  return String(error).split(id).join('');
}

/** A driver can put the name of the code before the message, also in brackets. */
function isNamed(error: unknown, code: number, name: string): boolean {
  const fields = fieldsOf(error);
  const before = /^(?:\w*Error: )*\(?(\w+)(?:\) |: |$)/.exec(String(error));
  return Number(fields['code']) === code || fields['codeName'] === name || (before !== null && before[1] === name);
}
