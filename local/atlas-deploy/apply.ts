// Applies the plan, with one request for each step.

import { isRecord } from '../../shared/json/record.ts';
import { CommandError } from '../command.ts';
import type { AdminApi } from './admin-api.ts';
import { type AppState, readNames, readPart } from './app-state.ts';
import { optionalTextAt } from './json.ts';
import type { Plan } from './plan.ts';
import { isWrite, type Kind, type NamedStep, type Write } from './step.ts';

const collections: Readonly<Record<Exclude<Kind, 'app'>, string>> = {
  'data source': 'services',
  secret: 'secrets',
  value: 'values',
  function: 'functions',
  trigger: 'triggers',
};

/** Returns the id of the app, which can be new. `expectTriggers` throws if a trigger does not run. */
export async function applyPlan(
  { steps }: Plan,
  state: AppState,
  api: AdminApi,
  expectTriggers: (appId: string) => Promise<void>,
): Promise<string> {
  const ids = idsOf(state);
  const writes = steps.filter(isWrite);
  let done = 0;
  for (const step of writes) {
    try {
      if (step.afterTriggers) await expectTriggers(idIn(ids, 'app', ''));
      await write(step, ids, api);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new CommandError(
        `${error.message}\n${done} of ${writes.length} changes were made. Run the command again to continue.`,
      );
    }
    done++;
  }
  return idIn(ids, 'app', '');
}

async function write(step: NamedStep & Write, ids: Map<string, string>, api: AdminApi): Promise<void> {
  const { kind, name } = step;
  const path = kind === 'app' ? '' : `/${idIn(ids, 'app', '')}/${collections[kind]}`;
  const current = step.isShared ? await readPart(api, path, name) : undefined;
  const id = step.isShared ? current?.id : step.action === 'create' ? undefined : step.id;
  const body = step.body((ofKind, named) => idIn(ids, ofKind, named), current?.members);
  const purpose = { doing: `${step.action} ${kind} ${name}`, ...mustOf(kind) };
  if (id !== undefined) {
    await api.write('PUT', `${path}/${id}`, body, purpose);
    return;
  }
  const answer = await api.write('POST', path, body, purpose);
  if (isLinkedTo(kind)) ids.set(keyOf(kind, name), idOfMade(answer) ?? (await lookUp(api, path, name)));
}

function mustOf(kind: Kind): { readonly must?: string } {
  if (kind === 'data source') return { must: 'its "clusterName" must be a cluster of the project that has triggers' };
  if (kind === 'app')
    return {
      must: 'the project must accept a new app (else put the name of the app that Triggers uses into realm_config.json)',
    };
  return {};
}

/** Later steps need the ids of these kinds. */
function isLinkedTo(kind: Kind): boolean {
  return kind === 'app' || kind === 'data source' || kind === 'function';
}

function idOfMade(answer: unknown): string | undefined {
  return isRecord(answer) ? optionalTextAt(answer, '_id') : undefined;
}

/** The API description promises no id in the answer for a new data source. */
async function lookUp(api: AdminApi, path: string, name: string): Promise<string> {
  const found = (await readNames(api, path)).find((one) => one.name === name);
  if (found !== undefined) return found.id;
  throw new CommandError(`Cannot find ${name}: Atlas must list it after its creation: it does not`);
}

function idsOf({ appId, sources, functions }: AppState): Map<string, string> {
  return new Map([
    ...(appId === undefined ? [] : [[keyOf('app', ''), appId] as const]),
    ...sources.map(({ id, name }) => [keyOf('data source', name), id] as const),
    ...functions.map(({ id, name }) => [keyOf('function', name), id] as const),
  ]);
}

function idIn(ids: ReadonlyMap<string, string>, kind: Kind, name: string): string {
  const id = ids.get(keyOf(kind, name));
  if (id === undefined) throw new Error(`Cannot deploy: ${kind} ${name} must have an id by now: it has none`);
  return id;
}

/** There is only one app, so its name is left out. */
function keyOf(kind: Kind, name: string): string {
  return kind === 'app' ? 'app' : `${kind} ${name}`;
}
