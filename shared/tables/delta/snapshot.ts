// Reads the state of a table from its log: the newest checkpoint, then each later entry until the first missing one.

import type { LakeReader } from '../../lake/lake.ts';
import type { Action, AddFile, MetaData, Protocol, RemoveFile, Txn } from './actions.ts';
import { logPath } from './log-paths.ts';
import { checkpointActions, newestCheckpoint } from './newest-checkpoint.ts';
import { readLogEntry } from './read-actions.ts';
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

/** Throws if we must not touch the table. With an earlier snapshot it reads only the entries since then. */
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
    // With LAKE_API=dfs a writer creates an empty file first. The entry is not there yet.
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
