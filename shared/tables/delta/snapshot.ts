// A table as its log says it is: the newest checkpoint, then entry after entry until the first that is missing.

import { isRecord } from '../../json/record.ts';
import type { LakeReader } from '../../lake/lake.ts';
import { openParquet } from '../parquet/read-parquet.ts';
import {
  type Action,
  type AddFile,
  actionsOf,
  type MetaData,
  type Protocol,
  type RemoveFile,
  readLogEntry,
  type Txn,
} from './actions.ts';
import { foreignReason } from './schema.ts';

export interface Snapshot {
  /** -1: there is no table yet. */
  readonly version: number;
  readonly checkpointVersion: number;
  readonly protocol: Protocol | undefined;
  readonly metaData: MetaData | undefined;
  readonly adds: ReadonlyMap<string, AddFile>;
  readonly removes: ReadonlyMap<string, RemoveFile>;
  readonly txns: ReadonlyMap<string, Txn>;
}

export function logPath(folder: string, version: number): string {
  return `${folder}/_delta_log/${versionName(version)}.json`;
}

export function checkpointPath(folder: string, version: number): string {
  return `${folder}/_delta_log/${versionName(version)}.checkpoint.parquet`;
}

export function lastCheckpointPath(folder: string): string {
  return `${folder}/_delta_log/_last_checkpoint`;
}

function versionName(version: number): string {
  return String(version).padStart(20, '0');
}

/** Throws where the table must be left alone. From an earlier snapshot on, only the entries since are read. */
export async function loadSnapshot(
  reader: LakeReader,
  folder: string,
  signal: AbortSignal,
  earlier?: Snapshot,
): Promise<Snapshot> {
  let protocol = earlier?.protocol;
  let metaData = earlier?.metaData;
  const adds = new Map(earlier?.adds);
  const removes = new Map(earlier?.removes);
  const txns = new Map(earlier?.txns);

  const checkpoint = earlier === undefined ? await newestCheckpoint(reader, folder, signal) : undefined;
  for (const path of checkpoint?.paths ?? [])
    for (const action of await checkpointActions(reader, path, signal)) apply(action);

  let version = checkpoint?.version ?? earlier?.version ?? -1;
  for (;;) {
    const entry = await reader.read(logPath(folder, version + 1), signal);
    // Empty: another writer is between two requests of LAKE_API=dfs. The entry is not there yet.
    if (entry === undefined || entry.length === 0) break;
    for (const action of readLogEntry(entry)) apply(action);
    version++;
  }
  if (version >= 0) assertOurs(protocol, metaData);
  return {
    version,
    checkpointVersion: checkpoint?.version ?? earlier?.checkpointVersion ?? 0,
    protocol,
    metaData,
    adds,
    removes,
    txns,
  };

  function apply(action: Action): void {
    switch (action.kind) {
      case 'add':
        adds.set(action.add.path, action.add);
        removes.delete(action.add.path);
        return;
      case 'remove':
        adds.delete(action.remove.path);
        removes.set(action.remove.path, action.remove);
        return;
      case 'metaData':
        metaData = action.metaData;
        return;
      case 'protocol':
        protocol = action.protocol;
        return;
      case 'txn':
        txns.set(action.txn.appId, action.txn);
        return;
      case 'commitInfo':
        return;
    }
  }
}

function assertOurs(protocol: Protocol | undefined, metaData: MetaData | undefined): void {
  const reason =
    protocol === undefined || metaData === undefined
      ? 'its log must begin with a protocol and a schema: it does not'
      : foreignReason(protocol, metaData);
  if (reason !== undefined) throw new Error(`Cannot use the table, which stays as it is: ${reason}`);
}

interface Checkpoint {
  readonly version: number;
  readonly paths: readonly string[];
}

/** The one that `_last_checkpoint` names. Where it names none, or the log's beginning is cleaned away, the list tells. */
async function newestCheckpoint(
  reader: LakeReader,
  folder: string,
  signal: AbortSignal,
): Promise<Checkpoint | undefined> {
  const named = await namedCheckpoint(reader, folder, signal);
  if (named !== undefined) return named;
  const hasBeginning = (await reader.read(logPath(folder, 0), signal)) !== undefined;
  return hasBeginning ? undefined : await listedCheckpoint(reader, folder, signal);
}

async function namedCheckpoint(
  reader: LakeReader,
  folder: string,
  signal: AbortSignal,
): Promise<Checkpoint | undefined> {
  const content = await reader.read(lastCheckpointPath(folder), signal);
  if (content === undefined) return undefined;
  const last: unknown = jsonOrUndefined(content);
  if (!isRecord(last) || typeof last['version'] !== 'number') return undefined;
  const { version, parts } = last;
  if (typeof parts !== 'number') return { version, paths: [checkpointPath(folder, version)] };
  const name = (part: number): string =>
    `${folder}/_delta_log/${versionName(version)}.checkpoint.${String(part).padStart(10, '0')}.${String(parts).padStart(10, '0')}.parquet`;
  return { version, paths: Array.from({ length: parts }, (_, index) => name(index + 1)) };
}

/** A reader must do without `_last_checkpoint`, also where a writer died while it wrote it. */
function jsonOrUndefined(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    return undefined;
  }
}

async function listedCheckpoint(
  reader: LakeReader,
  folder: string,
  signal: AbortSignal,
): Promise<Checkpoint | undefined> {
  const checkpoints = new Map<number, string[]>();
  for await (const page of reader.list(`${folder}/_delta_log`, signal)) {
    for (const { path } of page) {
      const [, version] = /\/(\d{20})\.checkpoint(?:\.\d{10}\.\d{10})?\.parquet$/.exec(path) ?? [];
      if (version !== undefined) checkpoints.set(Number(version), [...(checkpoints.get(Number(version)) ?? []), path]);
    }
  }
  const newest = [...checkpoints].filter(([, paths]) => isWhole(paths)).sort(([one], [other]) => other - one)[0];
  return newest && { version: newest[0], paths: newest[1] };
}

function isWhole(paths: readonly string[]): boolean {
  const [, parts] = /\.\d{10}\.(\d{10})\.parquet$/.exec(paths[0] ?? '') ?? [];
  return parts === undefined || Number(parts) === paths.length;
}

async function checkpointActions(reader: LakeReader, path: string, signal: AbortSignal): Promise<Action[]> {
  const content = await reader.read(path, signal);
  if (content === undefined) throw new Error(`Cannot read a table: its checkpoint must be there: "${path}" is missing`);
  const whole: LakeReader = { ...reader, read: async () => content };
  const file = await openParquet(whole, path, content.length, signal);
  const actions: Action[] = [];
  for (const group of file.metadata.row_groups.keys()) {
    const rows = await file.readGroup(group, ['txn', 'add', 'remove', 'metaData', 'protocol']);
    for (const row of rows) actions.push(...actionsOf(row));
  }
  return actions;
}
