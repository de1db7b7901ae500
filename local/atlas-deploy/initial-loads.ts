// Merges the Value initialLoads. People pause, restart and add loads in Atlas, so a deployment only adds entries.
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../shared/json/record.ts';

export const initialLoadsValue = 'initialLoads';

/** Returns the entries of Atlas, then the entries that only the folder has. */
export function mergedLoads(wanted: unknown, found: unknown): unknown {
  if (!Array.isArray(wanted) || !Array.isArray(found)) return Array.isArray(found) ? found : wanted;
  const names = new Set(found.map(nameOf));
  return [...found, ...wanted.filter((entry) => !names.has(nameOf(entry)))];
}

/** Names the fields of the folder's entries that have another value in Atlas. */
export function keptFields(wanted: unknown, found: unknown): string[] {
  const there = hasLoads(found) ? found.filter(isRecord) : [];
  return (hasLoads(wanted) ? wanted.filter(isRecord) : []).flatMap((entry) => {
    const kept = there.find((one) => nameOf(one) === nameOf(entry)) ?? entry;
    const differing = Object.keys(entry).filter((field) => !isDeepStrictEqual(entry[field], kept[field]));
    return differing.map((field) => `${field} of ${nameOf(entry)}`);
  });
}

export function hasLoads(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

export function nameOf(entry: unknown): string {
  return isRecord(entry) ? `${String(entry['database'])}.${String(entry['collection'])}` : '';
}
