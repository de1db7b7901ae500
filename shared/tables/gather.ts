// Reads new files and collects their rows for one commit: each event once.

import type { LakeReader } from '../lake/lake.ts';
import type { EventFile } from './lake-files.ts';
import { type ReadLimits, readAhead } from './read-ahead.ts';
import { type Row, rowsOf } from './row.ts';
import type { Appending } from './table.ts';

export interface Gathering {
  readonly reader: LakeReader;
  readonly files: readonly EventFile[];
  readonly appending: Appending;
  /** Sequences that the table has. */
  readonly known: ReadonlySet<string>;
  readonly newestHour: string | undefined;
  readonly limits: CommitLimits;
  /** True once the budget of the run is used up. Nothing more is read then, and the rows so far are committed. */
  readonly isOver: () => boolean;
  readonly onRead: (files: number, bytes: number) => void;
}

/** A commit ends with the file that reaches one of these. */
export interface CommitLimits {
  readonly rows: number;
  readonly bytes: number;
}

export interface Gathered {
  readonly rows: number;
  readonly lateRows: number;
  readonly sequences: ReadonlySet<string>;
  /** All events of these files are in the commit or in the table. */
  readonly read: readonly EventFile[];
  readonly gone: readonly EventFile[];
  readonly bytes: number;
  readonly unreadable: readonly Unreadable[];
}

export interface Unreadable {
  /** Can have a document's key. So only a person at a terminal sees it, and no log. */
  readonly path: string;
  readonly hour: string;
  readonly reason: string;
}

const readLimits: ReadLimits = { files: 128, bytes: 16_000_000 };
/** After this number of failures, the fault is in the store and not in the files. */
const maxFailures = 20;

export async function gather(
  { reader, files, appending, known, newestHour, limits, isOver, onRead }: Gathering,
  signal: AbortSignal,
): Promise<Gathered> {
  const sequences = new Set<string>();
  const read: EventFile[] = [];
  const gone: EventFile[] = [];
  const unreadable: Unreadable[] = [];
  let bytes = 0;
  let lateRows = 0;
  let failures = 0;

  for await (const answer of readAhead(reader, files, readLimits, signal)) {
    const { file } = answer;
    switch (answer.kind) {
      case 'gone':
        gone.push(file);
        break;
      case 'failed':
        signal.throwIfAborted();
        if (++failures > maxFailures) throw answer.cause;
        unreadable.push({ path: file.path, hour: file.hour, reason: 'it cannot be read from the store' });
        break;
      case 'read':
        addFile(file, answer.content);
    }
    if (sequences.size >= limits.rows || appending.bytes() >= limits.bytes || isOver()) break;
  }
  return { rows: sequences.size, lateRows, sequences, read, gone, bytes, unreadable };

  function addFile(file: EventFile, content: Uint8Array): void {
    bytes += content.length;
    const rows = rowsOf(content);
    if (rows === undefined) {
      unreadable.push({ path: file.path, hour: file.hour, reason: 'one of its lines is not a line of the lake' });
      return;
    }
    for (const row of rows) addRow(row, file.hour);
    read.push(file);
    onRead(read.length, bytes);
  }

  function addRow(row: Row, hour: string): void {
    if (known.has(row.sequence)) return;
    const before = sequences.size;
    if (sequences.add(row.sequence).size === before) return;
    if (newestHour !== undefined && hour < newestHour) lateRows++;
    appending.add(row);
  }
}
