// Makes keys and digests of the changes of a collection, from its table and its files.
import { rm } from 'node:fs/promises';
import { bufferOf } from '../../shared/json/json-text.ts';
import { isOurs } from '../../shared/lake/fault.ts';
import type { LakeFile } from '../../shared/lake/lake.ts';
import type { Row } from '../../shared/tables/row.ts';
import { ownRows, tableRows } from '../query/collection-rows.ts';
import { lackedBy, openedFiles, type TableFile, tableFiles } from '../query/delta-files.ts';
import type { LakeCollection } from '../query/lake-catalog.ts';
import type { LakeDatabase } from '../query/lake-database.ts';
import { allHours, eventFilePages } from '../query/lake-files.ts';
import type { Places } from '../query/open-places.ts';
import { readRows } from '../query/read-lines.ts';
import { readingFault } from '../reading-fault.ts';
import { endsCollection } from '../views/view-queries.ts';
import { bucketOf, byBucket, comparedKey, digestOf, normalText, type Scope } from './fingerprints.ts';
import { isOutOfDisk, isOutOfMemory } from './memory-limits.ts';
import { stagedRows } from './staged-rows.ts';

export interface LakeReading {
  readonly places: Places;
  readonly database: LakeDatabase;
  readonly scope: Scope;
  /** The bytes of each piece that was read. */
  readonly onRead: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Returns the number of lines that are no change events. */
export async function readLake(collection: LakeCollection, reading: LakeReading): Promise<number> {
  try {
    return await readTableAndFiles(collection, reading);
  } catch (error) {
    reading.signal.throwIfAborted();
    throw readingFault(`${collection.database}.${collection.collection}`, error);
  }
}

async function readTableAndFiles(collection: LakeCollection, reading: LakeReading): Promise<number> {
  const { places, signal } = reading;
  const { tableFolder } = collection;
  if (places.tables === undefined || tableFolder === undefined) return await readFiles(collection, () => true, reading);
  const inTable = await tableFiles(places.tables, tableFolder, allHours, signal);
  for (const file of inTable)
    await readTableFile(file, reading).catch((error: unknown) => {
      throw tableFault(file, error);
    });
  return await readFiles(collection, await lackedBy(places.tables, tableFolder, inTable, signal), reading);
}

/** One file at a time: from Azure each one is copied to the disk. */
async function readTableFile(file: TableFile, { places, database, scope, onRead, signal }: LakeReading): Promise<void> {
  if (places.tables === undefined) return;
  const paths = await openedFiles(places.tables, [file], database.folder, () => undefined, signal);
  await database.connection.run(insertFrom(`(${tableRows(paths)})`, 'NULL', scope));
  if (places.tables.folder === undefined) for (const path of paths) await rm(path);
  onRead(file.bytes);
}

/** DuckDB's own message can have a value of the file. */
function tableFault({ path }: TableFile, error: unknown): unknown {
  if (isOutOfMemory(error) || isOutOfDisk(error) || isOurs(error)) return error;
  return new Error(`Cannot read a file of its table: it must be whole Parquet: ${path}`, { cause: error });
}

async function readFiles(
  collection: LakeCollection,
  isAskedFor: (file: LakeFile) => boolean,
  { places, database, scope, onRead, signal }: LakeReading,
): Promise<number> {
  let unreadable = 0;
  const columns = ['operationType', 'sequence', 'documentKey', 'data', 'rest', 'file'];
  const staged = await stagedRows(database.connection, columns, insertFrom('staged', 'file', scope));
  for await (const page of filePages(collection, places, signal)) {
    for await (const group of readRows(places.lake.reader, page.filter(isAskedFor), signal)) {
      for (const { file, row } of ownRows(collection, group.rows))
        if (staged.add(row.operationType, row.sequence, ...textsOf(row), file)) await staged.take();
      unreadable += group.unreadable;
      onRead(group.bytes);
    }
  }
  await staged.end();
  return unreadable;
}

async function* filePages(
  { lakeFolder, flatFiles }: LakeCollection,
  { lake }: Places,
  signal: AbortSignal,
): AsyncGenerator<readonly LakeFile[]> {
  if (lakeFolder !== undefined) yield* eventFilePages(lake, lakeFolder, allHours, signal);
  yield flatFiles;
}

function textsOf({ documentKey, data, rest }: Row): (string | null)[] {
  return [documentKey, data, rest].map((slice) => slice && bufferOf(slice).toString('utf8'));
}

/** Rows without a key are drops, renames, or other events that are not about a document. */
function insertFrom(rows: string, file: string, scope: Scope): string {
  return `INSERT INTO changes
    SELECT ${bucketOf(comparedKey('key', scope))}, "operationType", sequence, key, digest, snapshot, file
    FROM (SELECT "operationType", sequence, ${normalText('"documentKey"')} AS key, ${digestOf('data')} AS digest,
        coalesce(TRY(json_extract(rest, '$.snapshot') = 'true'), false) AS snapshot, ${file} AS file
      FROM ${rows})
    WHERE key IS NOT NULL OR ${endsCollection}
    ${byBucket}`;
}
