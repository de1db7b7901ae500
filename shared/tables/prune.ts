// Removes event files if the table has all their events. The `sequence` of each line proves it, not the file's name.

import { hourMs } from '../events/lake-path.ts';
import type { LakeRemover } from '../lake/lake.ts';
import { addsOfDay } from './delta/delta-table.ts';
import { overlapOf } from './delta/overlap.ts';
import { loadSnapshot } from './delta/snapshot.ts';
import {
  type Collection,
  daysOf,
  type EventFile,
  eventFileOf,
  folderOfDay,
  hourStartMs,
  joined,
} from './lake-files.ts';
import type { Places } from './places.ts';
import { readAhead } from './read-ahead.ts';
import { rowsOf } from './row.ts';

export interface PruneOptions {
  /** Only files of hours that ended before this time. */
  readonly olderThanMs: number;
  /** If false, it only shows the files. */
  readonly yes: boolean;
  readonly onFile: () => void;
}

export interface Pruned {
  readonly files: number;
  readonly bytes: number;
  readonly kept: number;
}

/** The number of files that are looked up in the table at once. */
const filesAtOnce = 5_000;

export async function pruneCollection(
  places: Places,
  remover: LakeRemover,
  { db, coll }: Collection,
  { olderThanMs, yes, onFile }: PruneOptions,
  signal: AbortSignal,
): Promise<Pruned> {
  const folder = joined(places.lake.directory, db, coll);
  const tableFolder = joined(places.tables.directory, db, coll);
  const total = { files: 0, bytes: 0, kept: 0 };
  const snapshot = await loadSnapshot(places.tables.reader, tableFolder, signal);
  const days = await daysOf(
    places.lake.reader,
    folder,
    { fromMs: Number.NEGATIVE_INFINITY, toMs: olderThanMs },
    signal,
  );
  for (const day of days) {
    const adds = addsOfDay(snapshot, day);
    const files = await filesOf(places, folder, day, olderThanMs, signal);
    for (let at = 0; at < files.length; at += filesAtOnce) {
      const some = files.slice(at, at + filesAtOnce);
      const sequencesOf = new Map<EventFile, readonly string[]>();
      for await (const read of readAhead(places.lake.reader, some, { files: 64, bytes: 64_000_000 }, signal)) {
        onFile();
        if (read.kind === 'failed') throw read.cause;
        if (read.kind === 'read') sequencesOf.set(read.file, sequencesIn(read.content));
      }
      const asked = new Set([...sequencesOf.values()].flat());
      const inTable = await overlapOf(asked, places.tables.reader, tableFolder, adds, signal);
      for (const [file, sequences] of sequencesOf) {
        const isInTable = sequences.length > 0 && sequences.every((sequence) => inTable.has(sequence));
        if (!isInTable) {
          total.kept++;
          continue;
        }
        if (yes) await remover.remove(file.path, signal);
        total.files++;
        total.bytes += file.bytes;
      }
    }
    if (yes) await removeFolders(remover, folderOfDay(folder, day), files, signal);
  }
  return total;
}

async function filesOf(
  places: Places,
  folder: string,
  day: string,
  olderThanMs: number,
  signal: AbortSignal,
): Promise<EventFile[]> {
  const found: EventFile[] = [];
  for await (const page of places.lake.reader.list(folderOfDay(folder, day), signal)) {
    for (const listed of page) {
      const file = eventFileOf(listed);
      if (file !== undefined && hourStartMs(file.hour) + hourMs <= olderThanMs) found.push(file);
    }
  }
  return found;
}

/** A file with a foreign line has no sequences here, so it stays. */
function sequencesIn(content: Uint8Array): string[] {
  return (rowsOf(content) ?? []).map(({ sequence }) => sequence);
}

/** Accounts with a hierarchical namespace keep empty folders. */
async function removeFolders(
  remover: LakeRemover,
  folder: string,
  files: readonly EventFile[],
  signal: AbortSignal,
): Promise<void> {
  const hours = new Set(files.map(({ hour }) => `${folder}/hour=${hour.slice(11)}`));
  for (const hour of hours) await remover.removeEmptyFolder(hour, signal);
  await remover.removeEmptyFolder(folder, signal);
}
