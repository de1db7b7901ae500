// Checks what a load needs in Atlas before it begins: the trigger that calls the function, and documents.
import type { AdminApi } from '../atlas-deploy/admin-api.ts';
import { type FoundTrigger, readNames, readTriggers } from '../atlas-deploy/app-state.ts';
import { isRunningOn } from '../atlas-deploy/watching-trigger.ts';
import { CommandError } from '../command.ts';
import { callInAtlas } from '../doctor/atlas/atlas-call.ts';
import type { LoadChange } from './change-loads.ts';

/** What runs in the app. A person can have made a trigger with any name. */
interface Calling {
  readonly loading: readonly FoundTrigger[];
  readonly forwarding: readonly FoundTrigger[];
}

export async function readCalling(api: AdminApi, appId: string): Promise<Calling> {
  const functions = await readNames(api, `/${appId}/functions`);
  const triggers = await readTriggers(api, appId, new Set());
  const callers = (...names: readonly string[]): FoundTrigger[] => {
    const called = functions.filter(({ name }) => names.includes(name));
    return triggers.filter(({ functionId, functionName }) =>
      called.some(({ id, name }) => id === functionId || name === functionName),
    );
  };
  return { loading: callers('loadCollection'), forwarding: callers('forwardChangeEvent', 'bufferChangeEvent') };
}

/** Without the trigger a load would wait for ever. */
export function expectTrigger({ loading }: Calling, kind: LoadChange['kind']): void {
  const must = `Cannot ${kind} the load: a scheduled trigger must call loadCollection`;
  if (loading.length === 0) throw new CommandError(`${must}: it is missing: npm run atlas:deploy creates it`);
  if (loading.every(({ error }) => error !== undefined))
    throw new CommandError(`${must}: it is suspended: resume it in the Atlas UI, Triggers`);
  if (loading.every(({ isDisabled, error }) => isDisabled || error !== undefined))
    throw new CommandError(`${must}: it is disabled: turn it on in the Atlas UI, Triggers`);
}

/** Change events can also come without a trigger of this app. So this is only a warning. Empty if a trigger is on. */
export function warningOf({ forwarding }: Calling, { database, collection }: LoadChange): string {
  if (forwarding.some((trigger) => isRunningOn(trigger, { database, collection }))) return '';
  return `\nWarning: no running trigger watches ${database}.${collection}: without one, changes since the beginning of the load are missing in the lake`;
}

/** A load of a wrong name would be done at once, with 0 documents. */
export async function expectDocuments(api: AdminApi, appId: string, change: LoadChange): Promise<void> {
  const { kind, database, collection } = change;
  const source = `exports = async function () {
  const service = context.services.get(context.values.get('lakeDataSource') || 'mongodb-atlas');
  const found = await service.db(${JSON.stringify(database)}).collection(${JSON.stringify(collection)}).findOne({}, { _id: 1 });
  return JSON.stringify({ hasDocuments: found !== null && found !== undefined });
};`;
  const { hasDocuments } = await callInAtlas(api, appId, { doing: `look into ${database}.${collection}`, source });
  if (hasDocuments === false)
    throw new CommandError(
      `Cannot ${kind} the load of ${database}.${collection}: the collection must have documents: it is empty, or its name is wrong`,
    );
}
