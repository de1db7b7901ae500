// The two sources of a collection's changes in DuckDB: a view of its table's files, and a copy of the lines that the
// table lacks.
import type { LakeFile } from '../../shared/lake/lake.ts';
import { duckdbText } from '../views/duckdb/duckdb-dialect.ts';
import { changeColumns } from '../views/view-queries.ts';
import { openedFiles, type TableFile } from './delta-files.ts';
import { eventTable, internalSchema } from './event-store.ts';
import type { LakeCollection } from './lake-catalog.ts';
import { totalBytes } from './lake-files.ts';
import { type FileRow, readRows } from './read-lines.ts';
import type { Reading } from './reading.ts';

/** Makes a view of the table's files. Returns undefined if there are no files. */
export async function openTable(
  collection: LakeCollection,
  files: readonly TableFile[],
  number: number,
  { places, database, onRead, signal }: Reading,
): Promise<string | undefined> {
  if (files.length === 0 || places.tables === undefined) return undefined;
  const total = totalBytes(files);
  let copied = 0;
  const onCopied = (bytes: number): void => {
    copied += bytes;
    onRead(collection, copied, total);
  };
  const paths = await openedFiles(places.tables, files, database.folder, onCopied, signal);
  const view = `${internalSchema}.table_${number}`;
  await database.connection.run(`CREATE VIEW ${view} AS ${tableRows(paths)}`);
  return view;
}

/** Selects the rows of these files of a table. */
export function tableRows(paths: readonly string[]): string {
  const list = paths.map((path) => duckdbText(path)).join(', ');
  const columns = changeColumns.map((name) =>
    name.endsWith('Time') ? `make_timestamp(epoch_us("${name}")) AS "${name}"` : `"${name}"`,
  );
  return `SELECT ${columns.join(', ')} FROM read_parquet([${list}],
      union_by_name = true, hive_partitioning = true, hive_types = {'date': DATE})`;
}

export async function loadEvents(
  collection: LakeCollection,
  files: readonly LakeFile[],
  number: number,
  { places, database, onRead, signal }: Reading,
): Promise<{ readonly name: string; readonly unreadable: number; readonly hasSimple: boolean }> {
  const events = await eventTable(database.connection, number);
  const total = totalBytes(files);
  let done = 0;
  let unreadable = 0;
  let hasSimple = false;
  for await (const group of readRows(places.lake.reader, files, signal)) {
    events.append(ownRows(collection, group.rows));
    unreadable += group.unreadable;
    hasSimple ||= group.isSimple;
    done += group.bytes;
    onRead(collection, done, total);
  }
  await events.finish();
  return { name: events.name, unreadable, hasSimple };
}

/** In the flat layout a file can have events of several collections. */
export function ownRows({ database, collection, flatFiles }: LakeCollection, rows: readonly FileRow[]) {
  return flatFiles.length === 0 ? rows : rows.filter(({ row }) => row.db === database && row.coll === collection);
}
