// Reads and writes the Value initialLoads, and reads the state of each load, in the app in Atlas.

import { isRecord } from '../../shared/json/record.ts';
import type { AdminApi } from '../atlas-deploy/admin-api.ts';
import { readNames } from '../atlas-deploy/app-state.ts';
import { initialLoadsValue } from '../atlas-deploy/initial-loads.ts';
import { type JsonObject, readObject } from '../atlas-deploy/json.ts';
import { CommandError } from '../command.ts';
import { callInAtlas } from '../doctor/atlas/atlas-call.ts';

export interface Wanted {
  /** Undefined if the app does not have the Value yet. */
  readonly id: string | undefined;
  readonly isPrivate: boolean;
  readonly entries: readonly unknown[];
}

export async function readWanted(api: AdminApi, appId: string): Promise<Wanted> {
  const found = (await readNames(api, `/${appId}/values`)).find(({ name }) => name === initialLoadsValue);
  if (found === undefined) return { id: undefined, isPrivate: false, entries: [] };
  const purpose = { doing: 'read the Value initialLoads' };
  const whole = await api.read(`/${appId}/values/${found.id}`, purpose, (answer) => readObject(answer, 'the value'));
  return { id: found.id, isPrivate: whole['private'] === true, entries: entriesOf(whole) };
}

/** A person can have changed the Value in the Atlas UI. The function takes an empty one too. */
function entriesOf({ value, from_secret: isSecret }: JsonObject): readonly unknown[] {
  if (isSecret !== true && (value === undefined || value === null || value === '')) return [];
  if (isSecret !== true && Array.isArray(value)) return value;
  const found = isSecret === true ? 'linked to a secret' : `of the type ${typeof value}`;
  throw new CommandError(
    `Cannot read the Value initialLoads: it must be a list of loads: it is ${found}: correct it in Atlas, or replace it with the list of lake-sync.json: npm run atlas:deploy`,
  );
}

export async function writeWanted(api: AdminApi, appId: string, { id, isPrivate }: Wanted, value: readonly unknown[]) {
  const body = { name: initialLoadsValue, private: isPrivate, value, from_secret: false };
  const purpose = { doing: 'write the Value initialLoads' };
  if (id === undefined) await api.write('POST', `/${appId}/values`, body, purpose);
  else await api.write('PUT', `/${appId}/values/${id}`, body, purpose);
}

export interface LoadState {
  readonly name: string;
  readonly state: string;
  readonly documents: number;
  readonly refused: number;
  readonly estimated: number | undefined;
  readonly rate: number;
  readonly secondsLeft: number | undefined;
  readonly reason: string;
  /** As text, in a form of Atlas. */
  readonly restart: string;
}

/** Leaves out the position of a load, which is the key of a document. */
const source = `exports = async function () {
  const service = context.services.get(context.values.get('lakeDataSource') || 'mongodb-atlas');
  const found = await service.db('atlas_lake_sync').collection('loads').find({}).toArray();
  const numberOf = (value) => (value === null || value === undefined ? null : Number(value));
  return JSON.stringify({ loads: found.map((load) => ({
    name: String(load._id), state: String(load.state), reason: String(load.reason),
    restart: String(load.restart), documents: Number(load.documents), refused: Number(load.refused), rate: Number(load.rate),
    estimated: numberOf(load.estimated), secondsLeft: numberOf(load.secondsLeft),
  })) });
};`;

export async function readLoadStates(api: AdminApi, appId: string): Promise<readonly LoadState[]> {
  const { loads } = await callInAtlas(api, appId, { doing: 'read the state of the loads', source });
  return Array.isArray(loads) ? loads.filter(isRecord).map(loadStateOf) : [];
}

function loadStateOf(load: Readonly<Record<string, unknown>>): LoadState {
  const { estimated, secondsLeft } = load;
  return {
    name: String(load['name']),
    state: String(load['state']),
    documents: Number(load['documents']),
    refused: Number(load['refused']),
    estimated: typeof estimated === 'number' ? estimated : undefined,
    rate: Number(load['rate']),
    secondsLeft: typeof secondsLeft === 'number' ? secondsLeft : undefined,
    reason: String(load['reason']),
    restart: String(load['restart']),
  };
}
