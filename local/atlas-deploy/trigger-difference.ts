// Whether a trigger in Atlas is what the folder says. It is written only where it differs: an update may restart its stream.
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../shared/json/record.ts';
import type { FolderTrigger } from './app-folder.ts';
import type { FoundTrigger } from './app-state.ts';
import type { JsonObject } from './json.ts';

/** Ids in Atlas of what the folder's trigger names; undefined where it is still to be made. */
export interface LinkIds {
  readonly sourceId: string | undefined;
  readonly functionId: string | undefined;
}

/** Left out, they mean a wider scope, so they are compared where the folder has none as well. */
const scope = ['database', 'collection'];
/** Atlas answers with them and takes none. */
const answeredOnly = ['clusterName', 'schedule_type'];

/** The names of the members that differ; what the folder does not mention may be anything. */
export function differences(wanted: FolderTrigger, found: FoundTrigger, { sourceId, functionId }: LinkIds): string[] {
  const has = configOf(found);
  const config = [...new Set([...Object.keys(wanted.config), ...scope])];
  return [
    ...(wanted.disabled === found.isDisabled ? [] : ['disabled']),
    ...(callsWanted(wanted, found, functionId) ? [] : ['function']),
    ...(wanted.sourceName === undefined || has['service_id'] === sourceId ? [] : ['service']),
    ...config.filter((key) => !isSame(wanted.config[key], has[key])),
  ];
}

/** By id where Atlas tells it: a function that was deleted and made anew has its old name and another id. */
function callsWanted(wanted: FolderTrigger, found: FoundTrigger, functionId: string | undefined): boolean {
  return found.functionId === undefined ? found.functionName === wanted.functionName : found.functionId === functionId;
}

/** The folder's members over those that somebody added in Atlas. */
export function mergedConfig(wanted: FolderTrigger, found: FoundTrigger | undefined): JsonObject {
  const kept = Object.entries(found === undefined ? {} : configOf(found));
  const added = kept.filter(([key]) => !scope.includes(key) && !answeredOnly.includes(key));
  return { ...Object.fromEntries(added), ...wanted.config };
}

function configOf({ members: { config } }: FoundTrigger): JsonObject {
  return isRecord(config) ? config : {};
}

/** The order of operation types means nothing, and what is empty may be left out of an answer. */
function isSame(wanted: unknown, found: unknown): boolean {
  return isDeepStrictEqual(normal(wanted), normal(found));
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.toSorted();
  if (isRecord(value)) return Object.keys(value).length === 0 ? undefined : value;
  return value === null || value === false || value === '' ? undefined : value;
}
