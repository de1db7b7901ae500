// The commit: a conditional put of the next log entry. The loser reads the winner's entry. It tries the next version if
// both have no events in common.

import { randomUUID } from 'node:crypto';
import type { TablesPlace } from '../places.ts';
import type { CommitOutcome } from '../table.ts';
import type { Action, AddFile } from './actions.ts';
import { checkpointFile } from './checkpoint.ts';
import { type Commit, logEntry } from './log-entry.ts';
import { checkpointPath, lastCheckpointPath, logPath } from './log-paths.ts';
import { overlapOf } from './overlap.ts';
import { readLogEntry } from './read-actions.ts';
import { loadSnapshot, type Snapshot } from './snapshot.ts';

/** As often as Spark writes them. */
const checkpointEvery = 10;
/** The run gives up after this number of commits of others in a row. */
const maxConflicts = 200;

export interface CommitRequest {
  readonly place: TablesPlace;
  readonly folder: string;
  /** The version that the rows were compared with. */
  readonly base: Snapshot;
  readonly add: AddFile;
  readonly rows: number;
  readonly sequences: ReadonlySet<string>;
  readonly onCheckpoint: (version: number) => void;
}

export async function commitAdd(request: CommitRequest, signal: AbortSignal): Promise<CommitOutcome> {
  const { place, folder, base, add, rows, sequences } = request;
  const commit: Commit = { txnId: randomUUID(), add, rows, nowMs: Date.now() };
  let conflicts = 0;
  for (let version = base.version + 1; conflicts <= maxConflicts; version++) {
    const path = logPath(folder, version);
    const created = await place.writer.create(path, logEntry(commit, version), 'application/json', signal);
    const winner = created === 'created' ? undefined : await entryAt(request, version, signal);
    if (winner === undefined || isOurs(winner, commit.txnId)) {
      await checkpointIfDue(request, version, signal);
      return { kind: 'committed', conflicts };
    }
    conflicts++;
    if (winner.some(({ kind }) => kind === 'protocol' || kind === 'metaData')) return { kind: 'changed', conflicts };
    const added = winner.flatMap((action) => (action.kind === 'add' ? [action.add] : []));
    const rivals = added.filter(
      ({ dataChange, partitionValues }) => dataChange && partitionValues['date'] === add.partitionValues['date'],
    );
    const doubles = await overlapOf(sequences, place.reader, folder, rivals, signal);
    if (doubles.size > 0) return { kind: 'overlaps', sequences: doubles, conflicts };
  }
  return { kind: 'changed', conflicts };
}

async function entryAt({ place, folder }: CommitRequest, version: number, signal: AbortSignal): Promise<Action[]> {
  const entry = await place.reader.read(logPath(folder, version), signal);
  if (entry === undefined)
    throw new Error(`Cannot commit: the log entry that won must be there: version ${version} is missing`);
  return readLogEntry(entry);
}

/** The put was sent twice, or its answer was lost. The existing entry is this commit. */
function isOurs(winner: readonly Action[], txnId: string): boolean {
  return winner.some((action) => action.kind === 'commitInfo' && action.txnId === txnId);
}

/** A checkpoint is also due if an earlier one is missing, because its writer died. */
async function checkpointIfDue(
  { place, folder, base, onCheckpoint }: CommitRequest,
  version: number,
  signal: AbortSignal,
): Promise<void> {
  const isDue = version > 0 && (version % checkpointEvery === 0 || version - base.checkpointVersion > checkpointEvery);
  if (!isDue) return;
  const snapshot = await loadSnapshot(place.reader, folder, signal);
  const { content, actions } = checkpointFile(snapshot, Date.now());
  // Never replaced: a reader between two ranges would mix two files.
  await place.writer.create(
    checkpointPath(folder, snapshot.version),
    content,
    'application/vnd.apache.parquet',
    signal,
  );
  const last = { version: snapshot.version, size: actions };
  await place.replacer.replace(
    lastCheckpointPath(folder),
    Buffer.from(JSON.stringify(last)),
    'application/json',
    signal,
  );
  onCheckpoint(snapshot.version);
}
