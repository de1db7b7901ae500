// What compaction asks of a table, whatever it is written as.
import type { EventFile } from './lake-files.ts';
import type { Row } from './row.ts';

export interface Table {
  /** Opens the table as it is now, for one day: `2026-11-20`. */
  readonly open: (day: string, signal: AbortSignal) => TableDay;
}

export interface TableDay {
  /** The files that may hold events which the table lacks. All others are in it whole. */
  readonly lacking: (files: readonly EventFile[]) => Promise<readonly EventFile[]>;
  /** Which of the files may go into one commit. Files are in order of their hours. */
  readonly together: (files: readonly EventFile[]) => readonly EventFile[];
  /** The hour of the newest event in the table; undefined where it has none. */
  readonly newestHour: () => Promise<string | undefined>;
  readonly begin: (hour: string) => Appending;
}

/** Rows on their way into the table. Nothing of it is in the table before `commit`. */
export interface Appending {
  readonly add: (row: Row) => void;
  /** How large the commit is so far. */
  readonly bytes: () => number;
  readonly commit: (appended: Appended) => Promise<CommitOutcome>;
}

export interface Appended {
  readonly sequences: ReadonlySet<string>;
  /** The files that are in the table whole once this is committed. */
  readonly digests: readonly string[];
}

export type CommitOutcome =
  | { readonly kind: 'committed'; readonly conflicts: number }
  /** Some of the rows are in the table: others committed them meanwhile, or in other files. The rest must come again without them. */
  | { readonly kind: 'overlaps'; readonly sequences: ReadonlySet<string>; readonly conflicts: number }
  /** The table has changed so that it must be opened again. */
  | { readonly kind: 'changed'; readonly conflicts: number };
