// Shows how far each table is, from its log and the newest event in the lake. It reads no data file.

import { compareText } from '../lake/compare-text.ts';
import { nameOfFolder } from '../lake/path-name.ts';
import { tableState } from './delta/table-state.ts';
import { jsonlState } from './jsonl-state.ts';
import { type Collection, collectionsIn, eventFileOf, folderOfDay, joined } from './lake-files.ts';
import type { Places } from './places.ts';
import { reasonOf } from './reason.ts';

export interface ShownTable {
  readonly db: string | null;
  readonly coll: string | null;
  /** Null if there is no table yet. */
  readonly version: number | null;
  /** Null with TABLES=jsonl, because the number would need a read of every file. */
  readonly rows: number | null;
  readonly files: number;
  /** The time of the newest event in the table. */
  readonly newest: string | null;
  /** The time from there to the newest event in the lake. */
  readonly behindSeconds: number;
}

export interface Shown {
  readonly tables: readonly ShownTable[];
  readonly broken: readonly { readonly db: string | null; readonly coll: string | null; readonly reason: string }[];
}

export async function showTables(places: Places, signal: AbortSignal): Promise<Shown> {
  const inLake = await collectionsIn(places.lake.reader, places.lake.directory, signal);
  const inTables = await collectionsIn(places.tables.reader, places.tables.directory, signal);
  const all = new Map([...inLake, ...inTables].map((one) => [`${one.db}/${one.coll}`, one]));
  const tables: ShownTable[] = [];
  const broken: { db: string | null; coll: string | null; reason: string }[] = [];
  for (const collection of [...all.values()].sort((one, other) =>
    compareText(`${one.db}/${one.coll}`, `${other.db}/${other.coll}`),
  )) {
    const names = { db: nameOfFolder(collection.db), coll: nameOfFolder(collection.coll) };
    try {
      tables.push({ ...names, ...(await shown(places, collection, signal)) });
    } catch (error) {
      signal.throwIfAborted();
      broken.push({ ...names, reason: reasonOf(error) });
    }
  }
  return { tables, broken };
}

async function shown(
  places: Places,
  collection: Collection,
  signal: AbortSignal,
): Promise<Omit<ShownTable, 'db' | 'coll'>> {
  const folder = joined(places.tables.directory, collection.db, collection.coll);
  const state =
    places.kind === 'delta'
      ? await tableState(places.tables.reader, folder, signal)
      : await jsonlState(places, folder, signal);
  const lakeFolder = joined(places.lake.directory, collection.db, collection.coll);
  const newestInLake = await edgeOf(places, lakeFolder, 'newest', signal);
  const from = state.newestMs ?? (await edgeOf(places, lakeFolder, 'oldest', signal));
  const behindMs = newestInLake === undefined || from === undefined ? 0 : Math.max(0, newestInLake - from);
  return {
    version: state.version,
    rows: state.rows,
    files: state.files,
    newest: state.newestMs === undefined ? null : new Date(state.newestMs).toISOString(),
    behindSeconds: Math.ceil(behindMs / 1000),
  };
}

/**
 * The time of the newest or oldest event file of a collection, by its name. It takes five requests for any number of
 * files.
 */
async function edgeOf(
  { lake }: Places,
  folder: string,
  edge: 'newest' | 'oldest',
  signal: AbortSignal,
): Promise<number | undefined> {
  let path = folder;
  const values: string[] = [];
  for (const level of ['year', 'month', 'day', 'hour']) {
    const names = (await lake.reader.folders(path, signal)).filter((name) => name.startsWith(`${level}=`)).sort();
    const name = edge === 'newest' ? names.at(-1) : names[0];
    if (name === undefined) return undefined;
    values.push(name.slice(level.length + 1));
    path = `${path}/${name}`;
  }
  let found: number | undefined;
  const hourFolder = `${folderOfDay(folder, values.slice(0, 3).join('-'))}/hour=${values[3]}`;
  for await (const page of lake.reader.list(hourFolder, signal)) {
    for (const listed of page) {
      const file = eventFileOf(listed);
      if (file === undefined || file.bytes === 0) continue;
      found = edge === 'newest' ? Math.max(found ?? file.ms, file.ms) : Math.min(found ?? file.ms, file.ms);
    }
  }
  return found;
}
