// Compares a trigger in Atlas with the folder. Only a trigger that differs is updated, because an update can restart
// its stream.
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../shared/json/record.ts';
import type { FolderTrigger } from './app-folder.ts';
import type { FoundTrigger } from './app-state.ts';
import type { JsonObject } from './json.ts';

/** The ids in Atlas of the trigger's data source and function. Undefined if they do not exist yet. */
export interface LinkIds {
  readonly sourceId: string | undefined;
  readonly functionId: string | undefined;
}

/** A trigger without these members has a wider scope. So they are compared also if the folder lacks them. */
const scope = ['database', 'collection'];
/** Atlas sends these members, and refuses them in a request. */
const answeredOnly = ['clusterName', 'schedule_type'];

/** Returns the names of the members that differ. Ignores members that the folder does not have. */
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

/** Compares ids if Atlas sends the id. A function that was deleted and created again has its old name and a new id. */
function callsWanted(wanted: FolderTrigger, found: FoundTrigger, functionId: string | undefined): boolean {
  return found.functionId === undefined ? found.functionName === wanted.functionName : found.functionId === functionId;
}

/** Merges the folder's members over those that a person added in Atlas. */
export function mergedConfig(wanted: FolderTrigger, found: FoundTrigger | undefined): JsonObject {
  const kept = Object.entries(found === undefined ? {} : configOf(found));
  const added = kept.filter(([key]) => !scope.includes(key) && !answeredOnly.includes(key));
  return { ...Object.fromEntries(added), ...wanted.config };
}

function configOf({ members: { config } }: FoundTrigger): JsonObject {
  return isRecord(config) ? config : {};
}

/** Ignores the order of operation types. An empty member is equal to a missing one. */
function isSame(wanted: unknown, found: unknown): boolean {
  return isDeepStrictEqual(normal(wanted), normal(found));
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.toSorted();
  if (isRecord(value)) return Object.keys(value).length === 0 ? undefined : value;
  return value === null || value === false || value === '' ? undefined : value;
}
