// One collection of the lake → its changes in DuckDB: the rows of its table where they lie, and the events that the
// table lacks.
import { readingFault } from '../reading-fault.ts';
import { changeColumns } from '../views/view-queries.ts';
import { loadEvents, openTable } from './collection-rows.ts';
import { assertBounded } from './copy-limit.ts';
import { lackedBy, tableFiles } from './delta-files.ts';
import { internalSchema } from './event-store.ts';
import type { LakeCollection } from './lake-catalog.ts';
import { eventFiles, type Hours, totalBytes } from './lake-files.ts';
import type { Reading } from './reading.ts';

export interface OpenCollection {
  /** The view that has the changes. */
  readonly changes: string;
  /** Files and bytes in lake and table. */
  readonly files: number;
  readonly bytes: number;
  readonly unreadableLines: number;
  /** Whether some lines are in the format `simple`. */
  readonly hasSimpleLines: boolean;
}

export async function openCollection(
  collection: LakeCollection,
  number: number,
  reading: Reading,
): Promise<OpenCollection> {
  try {
    return await openTableAndFiles(collection, number, reading);
  } catch (error) {
    throw readingFault(`${collection.database}.${collection.collection}`, error);
  }
}

async function openTableAndFiles(
  collection: LakeCollection,
  number: number,
  reading: Reading,
): Promise<OpenCollection> {
  const { places, database, hours, mostFiles, signal } = reading;
  const { lakeFolder, tableFolder, flatFiles } = collection;
  const inTable =
    places.tables === undefined || tableFolder === undefined
      ? []
      : spread(await tableFiles(places.tables, tableFolder, hours, signal), mostFiles && mostTableFiles);
  const inFolder = lakeFolder === undefined ? [] : await eventFiles(places.lake, lakeFolder, hours, signal);
  const inLake = spread([...inFolder, ...flatFiles], mostFiles);
  assertBounded(collection, [...inTable, ...(places.lake.folder === undefined ? inLake : [])], reading);

  const table = await openTable(collection, inTable, number, reading);
  const missing =
    places.tables === undefined || tableFolder === undefined
      ? inLake
      : inLake.filter(await lackedBy(places.tables, tableFolder, inTable, signal));
  const events = await loadEvents(collection, missing, number, reading);
  if (table !== undefined)
    await database.connection.run(
      `DELETE FROM ${events.name} WHERE sequence IN (SELECT sequence FROM ${table} WHERE sequence IS NOT NULL)`,
    );

  const changes = `${internalSchema}.changes_${number}`;
  const sources = [table, events.name].filter((source) => source !== undefined);
  const selected = changeColumns.map((column) => `"${column}"`).join(', ');
  await database.connection.run(
    `CREATE VIEW ${changes} AS ${sources.map((source) => `SELECT ${selected} FROM ${source}${within(hours)}`).join('\nUNION ALL\n')}`,
  );
  const bytes = totalBytes([...inTable, ...inLake]);
  return {
    changes,
    files: inTable.length + inLake.length,
    bytes,
    unreadableLines: events.unreadable,
    hasSimpleLines: events.hasSimple,
  };
}

const mostTableFiles = 20;

/** The first, the last, and others at even distances. */
function spread<T>(items: readonly T[], most: number | undefined): readonly T[] {
  if (most === undefined || items.length <= most) return items;
  return items.filter(
    (_, index) => Math.floor((index * most) / items.length) !== Math.floor(((index - 1) * most) / items.length),
  );
}

function within({ from, to }: Hours): string {
  const conditions = [
    from === undefined ? [] : [`"clusterTime" >= TIMESTAMP '${from.replace('T', ' ')}:00:00'`],
    to === undefined ? [] : [`"clusterTime" < TIMESTAMP '${to.replace('T', ' ')}:00:00'`],
  ].flat();
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}
