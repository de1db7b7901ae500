// Reads what exists in Atlas: every name, and the whole content of names that the folder has too.
import { CommandError } from '../command.ts';
import type { AdminApi } from './admin-api.ts';
import type { AppFolder } from './app-folder.ts';
import { booleanAt, type JsonObject, optionalTextAt, readList, readObject, textAt } from './json.ts';

export interface AppState {
  readonly appId: string | undefined;
  readonly sources: readonly Found[];
  readonly secrets: readonly Found[];
  readonly values: readonly Found[];
  readonly functions: readonly Found[];
  readonly triggers: readonly FoundTrigger[];
}

export interface Found {
  readonly id: string;
  readonly name: string;
  /** From Atlas: the whole object if the folder has the name too, else the entry of the list. */
  readonly members: JsonObject;
}

export interface FoundTrigger extends Found {
  readonly isDisabled: boolean;
  /** Why the trigger is suspended. The published description lacks this member, but Atlas sends it. */
  readonly error: string | undefined;
  /** Atlas answers with both, for either form of the request. */
  readonly functionId: string | undefined;
  readonly functionName: string | undefined;
}

const nothing: AppState = { appId: undefined, sources: [], secrets: [], values: [], functions: [], triggers: [] };

export async function readAppState(api: AdminApi, folder: AppFolder): Promise<AppState> {
  const appId = await findApp(api, folder.app.name);
  if (appId === undefined) return nothing;
  await expectNoDraft(api, appId);
  return await readApp(api, appId, folder);
}

export async function readApp(api: AdminApi, appId: string, folder: AppFolder): Promise<AppState> {
  const names = (kept: readonly { readonly name: string }[]): ReadonlySet<string> =>
    new Set(kept.map(({ name }) => name));
  return {
    appId,
    sources: await readSources(api, appId, names(folder.sources)),
    secrets: await readNames(api, `/${appId}/secrets`),
    values: await readWhole(api, `/${appId}/values`, names(folder.values)),
    functions: await readWhole(api, `/${appId}/functions`, names(folder.functions)),
    triggers: await readTriggers(api, appId, names(folder.triggers)),
  };
}

/** Undefined if the app does not have it. */
export async function readPart(api: AdminApi, path: string, name: string): Promise<Found | undefined> {
  return (await readWhole(api, path, new Set([name]))).find((found) => found.name === name);
}

export async function readTriggers(api: AdminApi, appId: string, names: ReadonlySet<string>): Promise<FoundTrigger[]> {
  return (await readWhole(api, `/${appId}/triggers`, names)).map(toTrigger);
}

export async function readNames(api: AdminApi, path: string): Promise<Found[]> {
  return await api.read(path, { doing: `list ${path.slice(path.lastIndexOf('/') + 1)}` }, readFoundList);
}

/** Atlas has a second list for apps that were made in the Triggers page of its UI. */
export async function findApp(api: AdminApi, name: string): Promise<string | undefined> {
  const purpose = { doing: 'list the apps', must: 'ATLAS_PROJECT_ID must be a project of the API key' };
  const standard = await api.read('', purpose, readFoundList);
  const made = await api.read('?product=atlas', purpose, readFoundList);
  const ids = new Set([...standard, ...made].filter((app) => app.name === name).map(({ id }) => id));
  if (ids.size > 1)
    throw new CommandError(
      `Cannot choose an app: only one app of the project must have the name "${name}": there are ${ids.size}`,
    );
  return [...ids][0];
}

/** An open draft takes up each change of this key. The changes are live only after a person deploys the draft. */
async function expectNoDraft(api: AdminApi, appId: string): Promise<void> {
  const drafts = await api.read(`/${appId}/drafts`, { doing: 'list drafts' }, (answer) =>
    answer === undefined || answer === null
      ? []
      : readList(answer, 'the list').map((one) => readObject(one, 'a draft')),
  );
  const own = drafts.filter((draft) => api.userId === undefined || (draft['user_id'] ?? api.userId) === api.userId);
  if (own.length > 0)
    throw new CommandError(
      'Cannot deploy: the API key must have no open draft of the app: it has one: deploy or discard the draft',
    );
}

async function readSources(api: AdminApi, appId: string, names: ReadonlySet<string>): Promise<Found[]> {
  const path = `/${appId}/services`;
  const read = (await readNames(api, path)).map(async (found) => {
    if (!names.has(found.name)) return found;
    const purpose = { doing: `read data source ${found.name}` };
    const config = await api.read(`${path}/${found.id}/config`, purpose, (answer) => readObject(answer, 'its config'));
    return { ...found, members: { ...found.members, config } };
  });
  return await Promise.all(read);
}

async function readWhole(api: AdminApi, path: string, names: ReadonlySet<string>): Promise<Found[]> {
  const read = (await readNames(api, path)).map(async (found) => {
    if (!names.has(found.name)) return found;
    const whole = await api.read(`${path}/${found.id}`, { doing: `read ${found.name}` }, readFound);
    return { ...whole, members: { ...found.members, ...whole.members } };
  });
  return await Promise.all(read);
}

function readFoundList(answer: unknown): Found[] {
  // Some servers send null for an empty list.
  return answer === null ? [] : readList(answer, 'the list').map(readFound);
}

function readFound(answer: unknown): Found {
  const members = readObject(answer, 'an element');
  return { id: textAt(members, '_id', 'an element'), name: textAt(members, 'name', 'an element'), members };
}

function toTrigger(found: Found): FoundTrigger {
  const { members } = found;
  return {
    ...found,
    isDisabled: booleanAt(members, 'disabled', `trigger ${found.name}`),
    error: optionalTextAt(members, 'error'),
    functionId: optionalTextAt(members, 'function_id'),
    functionName: optionalTextAt(members, 'function_name'),
  };
}
