// One turn of a run. It adds new events of a collection's day to its table, up to the size of one commit.

import { type CommitLimits, gather, type Unreadable } from './gather.ts';
import type { EventFile } from './lake-files.ts';
import { type Listing, listLacking } from './list-lacking.ts';
import type { CommitOutcome, Table } from './table.ts';

export interface DayWork extends Omit<Listing, 'done' | 'maxListed'> {
  readonly table: Table;
  /** The paths of files that this run has finished although no table notes them. */
  readonly done: Set<string>;
  /** True once the budget of the run is used up. Nothing more is read then, and the rows so far are committed. */
  readonly isOver: () => boolean;
  readonly onRead?: (files: number, ofFiles: number, bytes: number) => void;
  readonly limits: TurnLimits;
}

export interface TurnLimits extends CommitLimits {
  /** The number of paths in memory at once. */
  readonly listed: number;
}

export const turnLimits: TurnLimits = { rows: 100_000, bytes: 48_000_000, listed: 100_000 };

export interface Turn {
  readonly rows: number;
  /** Rows of an hour before the newest one that the table had. */
  readonly lateRows: number;
  readonly filesRead: number;
  readonly bytes: number;
  readonly conflicts: number;
  readonly unreadable: readonly Unreadable[];
  /** Listed files that the table can still lack. */
  readonly left: number;
  readonly oldestLeftMs: number | undefined;
}

const maxAttempts = 20;

export async function compactDay(work: DayWork, signal: AbortSignal): Promise<Turn> {
  const { table, day, done, limits } = work;
  const counts = { filesRead: 0, bytes: 0, conflicts: 0 };
  let known: ReadonlySet<string> = new Set<string>();
  for (let attempts = 0; attempts < maxAttempts; attempts++) {
    const opened = table.open(day, signal);
    const { files: listed, more } = await listLacking({ ...work, maxListed: limits.listed }, opened.lacking, signal);
    const files = opened.together(listed);
    if (files.length === 0)
      return { ...counts, rows: 0, lateRows: 0, unreadable: [], left: listed.length, oldestLeftMs: oldestOf(listed) };
    const appending = opened.begin(files[0]?.hour ?? '');
    const newestHour = await opened.newestHour();
    const onRead = (read: number, bytes: number): void => work.onRead?.(read, files.length, bytes);
    const gathered = await gather({ ...work, files, appending, known, newestHour, limits, onRead }, signal);
    counts.filesRead += gathered.read.length;
    counts.bytes += gathered.bytes;
    const outcome: CommitOutcome =
      gathered.rows === 0
        ? { kind: 'committed', conflicts: 0 }
        : await appending.commit({ sequences: gathered.sequences, digests: digestsOf(gathered.read) });
    counts.conflicts += outcome.conflicts;
    switch (outcome.kind) {
      case 'overlaps':
        known = new Set([...known, ...outcome.sequences]);
        continue;
      case 'changed':
        continue;
      case 'committed': {
        // A commit notes the digests of its files in the table. This run remembers the others itself.
        for (const file of gathered.read) if (gathered.rows === 0 || file.digest === undefined) done.add(file.path);
        for (const { path } of gathered.unreadable) done.add(path);
        const finished = new Set<EventFile>([...gathered.read, ...gathered.gone]);
        const lacking = listed.filter((file) => !finished.has(file));
        const left = more + lacking.filter(({ path }) => !done.has(path)).length;
        const { rows, lateRows, unreadable } = gathered;
        return { ...counts, rows, lateRows, unreadable, left, oldestLeftMs: oldestOf(lacking) };
      }
    }
  }

  throw new Error('Cannot commit: other writers must leave the table alone for a moment: they commit too often');
}

function digestsOf(files: readonly EventFile[]): string[] {
  return files.flatMap(({ digest }) => digest ?? []);
}

function oldestOf(files: readonly EventFile[]): number | undefined {
  return files.reduce<number | undefined>((oldest, { ms }) => Math.min(oldest ?? ms, ms), undefined);
}
