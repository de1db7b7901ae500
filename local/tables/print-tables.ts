// npm run tables: prints a line for each table.

import { nameOfFolder } from '../../shared/lake/path-name.ts';
import type { Collection } from '../../shared/tables/lake-files.ts';
import type { Places } from '../../shared/tables/places.ts';
import { type ShownTable, showTables } from '../../shared/tables/show.ts';
import { printable } from '../printable.ts';
import { textTable } from '../query/text-table.ts';
import type { Output } from './output.ts';

export async function printTables(places: Places, json: boolean, { write, signal }: Output): Promise<number> {
  const { tables, broken } = await showTables(places, signal);
  if (json) write(JSON.stringify({ tables, ...(broken.length > 0 && { broken }) }));
  else {
    for (const line of columns(tables)) write(line);
    for (const { reason, ...names } of broken) write(`Cannot read the table of ${shown(names)}: ${printable(reason)}`);
  }
  return broken.length > 0 ? 1 : 0;
}

const headings = ['table', 'version', 'rows', 'files', 'newest event', 'behind by'];

function columns(tables: readonly ShownTable[]): string[] {
  if (tables.length === 0) return ['The lake and its tables are empty.'];
  const rows = tables.map(({ db, coll, version, rows: count, files, newest, behindSeconds }) => [
    shown({ db, coll }),
    version === null ? '-' : String(version),
    count === null ? '-' : String(count),
    String(files),
    newest ?? '-',
    duration(behindSeconds),
  ]);
  return textTable(headings, rows, undefined);
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** In place of the names of folders, which are encoded. */
export function withNames<T extends Collection>({ db, coll, ...rest }: T) {
  return { db: nameOfFolder(db), coll: nameOfFolder(coll), ...rest };
}

export function nameOf(collection: Collection): string {
  return shown(withNames(collection));
}

function shown({
  db,
  coll,
}: {
  readonly db: string | null | undefined;
  readonly coll: string | null | undefined;
}): string {
  return printable(`${db ?? ''}.${coll ?? ''}`);
}

export function inBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
