// Reads files of events, many at once, and gives their rows in the order of the files.
import { concurrently } from '../../shared/async/concurrently.ts';
import { quote } from '../../shared/json/json-bytes.ts';
import { memberOf } from '../../shared/json/json-text.ts';
import type { LakeFile, LakeReader } from '../../shared/lake/lake.ts';
import { linesOf } from '../../shared/tables/lines.ts';
import { type Row, readRow } from '../../shared/tables/row.ts';
import { nameOf, totalBytes } from './lake-files.ts';

export interface FileRow {
  /** The name of the file. Of two lines with the same event, the line with the first file name counts. */
  readonly file: string;
  readonly row: Row;
}

export interface FileRows {
  readonly rows: readonly FileRow[];
  readonly files: number;
  readonly bytes: number;
  /** Lines that are no change events. */
  readonly unreadable: number;
  /** The same, of each file that has some, by its name. */
  readonly unreadableOf: ReadonlyMap<string, number>;
  /** Whether the first of them is in the format `simple`: it writes a date as text. */
  readonly isSimple: boolean;
}

/** Files that are read at once. */
const mostRead = 4_194_304;
/** The rows of short lines take ten times the memory of their text. */
const mostInRows = 1_048_576;
const maxGroupFiles = 512;
const readsAtOnce = 64;

/** Group by group, so that the text of few files is held at once, and the rows of fewer. */
export async function* readRows(
  reader: LakeReader,
  files: readonly LakeFile[],
  signal: AbortSignal,
): AsyncGenerator<FileRows> {
  for (const group of groupsOf(files, mostRead)) {
    signal.throwIfAborted();
    const read = await concurrently(group, readsAtOnce, async ({ path }) => await reader.read(path, signal));
    const contents = read.filter((content) => content !== undefined);
    if (contents.length < group.length) throw removed(group.length - contents.length);
    let first = 0;
    for (const part of groupsOf(group, mostInRows)) {
      yield rowsOf(part, contents.slice(first, first + part.length));
      first += part.length;
    }
  }
}

/** `npm run tables -- prune` removes files that are in a table. The command may have looked at the table before. */
function removed(files: number): Error {
  const found = files === 1 ? '1 was removed' : `${files} were removed`;
  return new Error(`Cannot read event files: each must stay until the end: ${found}: run the command again`);
}

function rowsOf(group: readonly LakeFile[], contents: readonly Uint8Array[]): FileRows {
  const rows: FileRow[] = [];
  const unreadableOf = new Map<string, number>();
  for (const [index, { path }] of group.entries()) {
    const file = nameOf(path);
    for (const line of linesOf(contents[index] ?? new Uint8Array())) {
      const row = readRow(line);
      if (row === undefined) unreadableOf.set(file, (unreadableOf.get(file) ?? 0) + 1);
      else rows.push({ file, row });
    }
  }
  const bytes = totalBytes(group);
  const unreadable = [...unreadableOf.values()].reduce((sum, lines) => sum + lines, 0);
  return { rows, files: group.length, bytes, unreadable, unreadableOf, isSimple: isSimpleLine(rows[0]?.row.line) };
}

function isSimpleLine(line: Uint8Array | undefined): boolean {
  const wallTime = line && memberOf(line, 0, 'wallTime');
  return wallTime !== undefined && line?.[wallTime.start] === quote;
}

function* groupsOf(files: readonly LakeFile[], mostBytes: number): Generator<LakeFile[]> {
  let group: LakeFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (group.length === maxGroupFiles || (group.length > 0 && bytes + file.bytes > mostBytes)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(file);
    bytes += file.bytes;
  }
  if (group.length > 0) yield group;
}
