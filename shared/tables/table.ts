// The interface of a table for compaction, for every format.
import type { EventFile } from './lake-files.ts';
import type { Row } from './row.ts';

export interface Table {
  /** Opens the table as it is now, for one day: `2026-11-20`. */
  readonly open: (day: string, signal: AbortSignal) => TableDay;
}

export interface TableDay {
  /** The files that can have events which the table lacks. The table has all events of the others. */
  readonly lacking: (files: readonly EventFile[]) => Promise<readonly EventFile[]>;
  /** The files that may go into one commit. Files are in order of their hours. */
  readonly together: (files: readonly EventFile[]) => readonly EventFile[];
  /** The hour of the newest event in the table. Undefined if it has no events. */
  readonly newestHour: () => Promise<string | undefined>;
  readonly begin: (hour: string) => Appending;
}

/** Rows for the table. No row is in the table before `commit`. */
export interface Appending {
  readonly add: (row: Row) => void;
  /** The size of the commit so far. */
  readonly bytes: () => number;
  readonly commit: (appended: Appended) => Promise<CommitOutcome>;
}

export interface Appended {
  readonly sequences: ReadonlySet<string>;
  /** The table has all events of these files after the commit. */
  readonly digests: readonly string[];
}

export type CommitOutcome =
  | { readonly kind: 'committed'; readonly conflicts: number }
  /** Another run or another file has added some of the rows. The others must be added again without them. */
  | { readonly kind: 'overlaps'; readonly sequences: ReadonlySet<string>; readonly conflicts: number }
  /** The table has changed. Open it again. */
  | { readonly kind: 'changed'; readonly conflicts: number };
