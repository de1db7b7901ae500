// One turn: what is new in a day of a collection, up to the size of one commit, into its table.

import type { LakeReader } from '../lake/lake.ts';
import { compare, dayFolder, type EventFile, eventFileOf, type HourRange, isInRange } from './lake-files.ts';
import { type ReadLimits, readAhead } from './read-ahead.ts';
import { type Row, rowsOf } from './row.ts';
import type { Appending, Table } from './table.ts';

export interface DayWork {
  readonly reader: LakeReader;
  /** Of the collection. */
  readonly folder: string;
  readonly table: Table;
  readonly day: string;
  readonly range: HourRange;
  /** Files that this run is done with although no table notes them, by path. */
  readonly done: Set<string>;
  /** The budget of the run is used up: what has been read is committed, no more is read. */
  readonly isOver: () => boolean;
  readonly onRead?: (files: number, ofFiles: number, bytes: number) => void;
}

export interface Turn {
  readonly rows: number;
  /** Rows of an hour before the newest one that the table had. */
  readonly lateRows: number;
  readonly filesRead: number;
  readonly bytes: number;
  readonly conflicts: number;
  readonly unreadable: readonly Unreadable[];
  /** Files that may still lack, as far as they were looked at. */
  readonly left: number;
  readonly oldestLeftMs: number | undefined;
}

export interface Unreadable {
  /** Can carry a key of a document: for a person at a terminal, never for a log. */
  readonly path: string;
  readonly hour: string;
  readonly reason: string;
}

export const commitLimits = { rows: 100_000, bytes: 48_000_000 };
const readLimits: ReadLimits = { files: 128, bytes: 16_000_000 };
/** More paths are not held at once: the rest of the day is listed again when these are done. */
const maxListed = 100_000;
/** Where so many in a row fail, the store is ill, not the files. */
const maxFailures = 20;
const maxAttempts = 20;

export async function compactDay(work: DayWork, signal: AbortSignal): Promise<Turn> {
  const { table, day } = work;
  let filesRead = 0;
  let bytes = 0;
  let conflicts = 0;
  let known: ReadonlySet<string> = new Set<string>();
  for (let attempts = 0; attempts < maxAttempts; attempts++) {
    const opened = table.open(day, signal);
    const listed = await listLacking(work, opened.lacking, signal);
    const files = opened.together(listed);
    if (files.length === 0) return turn([], 0, 0, listed, listed.length);
    const newestHour = await opened.newestHour();
    const gathered = await gather(work, files, opened.begin(files[0]?.hour ?? ''), known, newestHour, signal);
    filesRead += gathered.read.length;
    bytes += gathered.bytes;
    const outcome =
      gathered.rows === 0
        ? { kind: 'committed' as const, conflicts: 0 }
        : await gathered.appending.commit({ sequences: gathered.sequences, digests: digestsOf(gathered.read) });
    conflicts += outcome.conflicts;
    switch (outcome.kind) {
      case 'overlaps':
        known = new Set([...known, ...outcome.sequences]);
        continue;
      case 'changed':
        continue;
      case 'committed': {
        // The table notes the digests of a commit. Where there is none, this run remembers.
        for (const file of gathered.read)
          if (gathered.rows === 0 || file.digest === undefined) work.done.add(file.path);
        for (const { path } of gathered.unreadable) work.done.add(path);
        const finished = new Set<EventFile>([...gathered.read, ...gathered.gone]);
        const left = listed.filter((file) => !finished.has(file));
        const unfinished = left.filter(({ path }) => !work.done.has(path)).length;
        return turn(gathered.unreadable, gathered.rows, gathered.lateRows, left, unfinished);
      }
    }
  }

  throw new Error('Cannot commit: others must leave the table alone for a moment: they commit too often');

  function turn(
    unreadable: readonly Unreadable[],
    rows: number,
    lateRows: number,
    leftFiles: readonly EventFile[],
    left: number,
  ): Turn {
    const oldestLeftMs = leftFiles.reduce<number | undefined>(
      (oldest, { ms }) => Math.min(oldest ?? ms, ms),
      undefined,
    );
    return { rows, lateRows, filesRead, bytes, conflicts, unreadable, left, oldestLeftMs };
  }
}

function digestsOf(files: readonly EventFile[]): string[] {
  return files.flatMap(({ digest }) => digest ?? []);
}

/** The oldest files of the day that the table may lack, in order of hours and names. */
async function listLacking(
  { reader, folder, day, range, done }: DayWork,
  lacking: (files: readonly EventFile[]) => Promise<readonly EventFile[]>,
  signal: AbortSignal,
): Promise<EventFile[]> {
  let found: EventFile[] = [];
  for await (const page of reader.list(dayFolder(folder, day), signal)) {
    const files = page.flatMap((file) => eventFileOf(file) ?? []);
    // An empty file belongs to a writer between two of its requests: LAKE_API=dfs.
    const wanted = files.filter((file) => file.bytes > 0 && isInRange(file, range) && !done.has(file.path));
    if (wanted.length > 0) found.push(...(await lacking(wanted)));
    if (found.length >= 2 * maxListed) found = oldest(found);
  }
  return oldest(found);
}

function oldest(files: readonly EventFile[]): EventFile[] {
  return files.toSorted((one, other) => compare(one.path, other.path)).slice(0, maxListed);
}

interface Gathered {
  readonly appending: Appending;
  readonly rows: number;
  readonly lateRows: number;
  readonly sequences: ReadonlySet<string>;
  /** Files whose every event is in the commit or in the table. */
  readonly read: readonly EventFile[];
  readonly gone: readonly EventFile[];
  readonly bytes: number;
  readonly unreadable: readonly Unreadable[];
}

async function gather(
  work: DayWork,
  files: readonly EventFile[],
  appending: Appending,
  known: ReadonlySet<string>,
  newestHour: string | undefined,
  signal: AbortSignal,
): Promise<Gathered> {
  const sequences = new Set<string>();
  const read: EventFile[] = [];
  const gone: EventFile[] = [];
  const unreadable: Unreadable[] = [];
  let bytes = 0;
  let lateRows = 0;
  let failures = 0;

  for await (const answer of readAhead(work.reader, files, readLimits, signal)) {
    const { file } = answer;
    if (answer.kind === 'gone') gone.push(file);
    else if (answer.kind === 'failed') {
      signal.throwIfAborted();
      if (++failures > maxFailures) throw answer.cause;
      unreadable.push({ path: file.path, hour: file.hour, reason: 'it cannot be read from the store' });
    } else {
      bytes += answer.content.length;
      const rows = rowsOf(answer.content);
      if (rows === undefined)
        unreadable.push({ path: file.path, hour: file.hour, reason: 'one of its lines is not a line of the lake' });
      else {
        for (const row of rows) addRow(row, file.hour);
        read.push(file);
        work.onRead?.(read.length, files.length, bytes);
      }
    }
    if (sequences.size >= commitLimits.rows || appending.bytes() >= commitLimits.bytes || work.isOver()) break;
  }
  return { appending, rows: sequences.size, lateRows, sequences, read, gone, bytes, unreadable };

  function addRow(row: Row, hour: string): void {
    if (known.has(row.sequence)) return;
    const before = sequences.size;
    if (sequences.add(row.sequence).size === before) return;
    if (newestHour !== undefined && hour < newestHour) lateRows++;
    appending.add(row);
  }
}
