// Plans one trigger.
import type { AppFolder, FolderTrigger } from './app-folder.ts';
import type { AppState, FoundTrigger } from './app-state.ts';
import type { JsonObject } from './json.ts';
import { findNamed, type IdOf, type Planned, toConflict, toStep } from './step.ts';
import { differences, mergedConfig } from './trigger-difference.ts';

export function planTrigger(wanted: FolderTrigger, folder: AppFolder, state: AppState): Planned {
  const { name } = wanted;
  const named = { kind: 'trigger', name } as const;
  const found = findNamed(state.triggers, name);
  if (found === undefined)
    return toStep({ ...named, action: 'create', body: (idOf) => requestOf(wanted, found, idOf) });
  const foreign = foreignBecause(wanted, found, folder, state);
  if (foreign !== undefined) return toConflict(`trigger ${name} ${foreign}`);
  // An update could start its stream without the resume token, and so skip changes.
  if (isHalted(wanted, found))
    return toStep({ ...named, action: 'keep', note: 'suspended or disabled in Atlas: not touched' });
  const differing = differences(wanted, found, linksOf(wanted, state));
  if (differing.length === 0) return toStep({ ...named, action: 'keep' });
  const body = (idOf: IdOf): JsonObject => requestOf(wanted, found, idOf);
  return toStep({ ...named, action: 'update', id: found.id, note: differing.join(', '), body });
}

/** Suspended, or off although the folder wants it on. Atlas disables a suspended trigger too, so both look the same. */
export function isHalted(wanted: FolderTrigger, found: FoundTrigger): boolean {
  return found.error !== undefined || (found.isDisabled && !wanted.disabled);
}

/** A trigger with our name is ours only if it calls one of our functions. */
function foreignBecause(
  wanted: FolderTrigger,
  found: FoundTrigger,
  folder: AppFolder,
  state: AppState,
): string | undefined {
  const { type } = found.members;
  if (type !== wanted.type) return `must be of the type ${wanted.type}: in Atlas it is ${String(type)}`;
  const called = state.functions.find(({ id }) => id === found.functionId)?.name ?? found.functionName;
  if (folder.functions.some(({ name }) => name === called)) return undefined;
  return `must call a function of the folder: in Atlas it calls ${called ?? 'no function'}, so somebody else made it`;
}

function linksOf({ sourceName, functionName }: FolderTrigger, { sources, functions }: AppState) {
  return {
    sourceId: sourceName === undefined ? undefined : findNamed(sources, sourceName)?.id,
    functionId: findNamed(functions, functionName)?.id,
  };
}

/** Files have the names of a service and a function. The Admin API needs their ids. */
function requestOf(wanted: FolderTrigger, found: FoundTrigger | undefined, idOf: IdOf): JsonObject {
  const { name, type, disabled, sourceName, functionName } = wanted;
  const functionId = idOf('function', functionName);
  const link = sourceName === undefined ? {} : { service_id: idOf('data source', sourceName) };
  const called = { function_id: functionId, function_name: functionName };
  return {
    name,
    type,
    disabled,
    ...called,
    config: { ...mergedConfig(wanted, found), ...link },
    event_processors: { FUNCTION: { config: called } },
  };
}
