// Checks what a load needs in Atlas before it begins: the trigger that calls the function, and documents.
import type { AdminApi } from '../atlas-deploy/admin-api.ts';
import { readNames, readTriggers } from '../atlas-deploy/app-state.ts';
import { CommandError } from '../command.ts';
import { callInAtlas } from '../doctor/atlas/atlas-call.ts';
import type { LoadChange } from './change-loads.ts';

/** Without the trigger a load would wait for ever. A person can have made it with any name. */
export async function expectTrigger(api: AdminApi, appId: string, kind: LoadChange['kind']): Promise<void> {
  const functions = await readNames(api, `/${appId}/functions`);
  const called = functions.find(({ name }) => name === 'loadCollection');
  const calling = (await readTriggers(api, appId, new Set())).filter(
    ({ functionId, functionName }) =>
      called !== undefined && (functionId === called.id || functionName === called.name),
  );
  const must = `Cannot ${kind} the load: a scheduled trigger must call loadCollection`;
  if (calling.length === 0) throw new CommandError(`${must}: it is missing: npm run atlas:deploy creates it`);
  if (calling.every(({ error }) => error !== undefined))
    throw new CommandError(`${must}: it is suspended: resume it in the Atlas UI, Triggers`);
  if (calling.every(({ isDisabled, error }) => isDisabled || error !== undefined))
    throw new CommandError(`${must}: it is disabled: turn it on in the Atlas UI, Triggers`);
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
  if (hasDocuments !== true)
    throw new CommandError(
      `Cannot ${kind} the load of ${database}.${collection}: the collection must have documents: it is empty, or its name is wrong`,
    );
}
