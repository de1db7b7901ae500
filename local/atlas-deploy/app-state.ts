// What exists in Atlas: every name, and of those that the folder has, what is needed to compare.
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
  /** As Atlas has it: the whole object where the folder has one of that name, else what its list says. */
  readonly members: JsonObject;
}

export interface FoundTrigger extends Found {
  readonly isDisabled: boolean;
  /** The published trigger has no such member; where Atlas sends one, it is why the trigger is suspended. */
  readonly error: string | undefined;
  /** Atlas answers with both, wherever the function was named in the request. */
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

export async function readTriggers(api: AdminApi, appId: string, names: ReadonlySet<string>): Promise<FoundTrigger[]> {
  return (await readWhole(api, `/${appId}/triggers`, names)).map(toTrigger);
}

export async function readNames(api: AdminApi, path: string): Promise<Found[]> {
  return await api.read(path, { doing: `list ${path.slice(path.lastIndexOf('/') + 1)}` }, readFoundList);
}

/** Apps made in the Triggers page of the Atlas UI are listed apart from the others. */
export async function findApp(api: AdminApi, name: string): Promise<string | undefined> {
  const purpose = { doing: 'list the apps', must: 'ATLAS_PROJECT_ID must be a project that the API key belongs to' };
  const standard = await api.read('', purpose, readFoundList);
  const made = await api.read('?product=atlas', purpose, readFoundList);
  const ids = new Set([...standard, ...made].filter((app) => app.name === name).map(({ id }) => id));
  if (ids.size > 1)
    throw new CommandError(`Cannot choose an app: one must be named "${name}" in the project: there are ${ids.size}`);
  return [...ids][0];
}

/** With a draft open, what this key writes goes into it, and is live only when somebody deploys all that it holds. */
async function expectNoDraft(api: AdminApi, appId: string): Promise<void> {
  const drafts = await api.read(`/${appId}/drafts`, { doing: 'list drafts' }, (answer) =>
    answer === undefined || answer === null
      ? []
      : readList(answer, 'the list').map((one) => readObject(one, 'a draft')),
  );
  const own = drafts.filter((draft) => api.userId === undefined || (draft['user_id'] ?? api.userId) === api.userId);
  if (own.length > 0)
    throw new CommandError(
      'Cannot deploy: the API key must have no open draft of the app: it has one: deploy or discard it',
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
  // An empty list comes as null from some servers that are written in Go.
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
