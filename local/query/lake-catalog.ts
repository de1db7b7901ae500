// The collections that a lake and its tables have, each with its real names.
import { compareText } from '../../shared/lake/compare-text.ts';
import type { LakeFile, LakeReader } from '../../shared/lake/lake.ts';
import { linesOf } from '../../shared/tables/lines.ts';
import { readRow } from '../../shared/tables/row.ts';
import { type CollectionFolder, collectionFolders, nameOf, type Place } from './lake-files.ts';
import { readRows } from './read-lines.ts';

export interface LakeCollection {
  readonly database: string;
  readonly collection: string;
  /** The folder of its event files. Undefined if only a table is left. */
  readonly lakeFolder: string | undefined;
  readonly tableFolder: string | undefined;
  /** In the flat layout: the files with its events. They can have events of other collections too. */
  readonly flatFiles: readonly LakeFile[];
}

export async function lakeCollections(
  lake: Place,
  tables: Place | undefined,
  signal: AbortSignal,
): Promise<LakeCollection[]> {
  const found = new Map<string, LakeCollection>();
  for (const one of await collectionFolders(lake, signal)) {
    const names = await namesOf(lake.reader, one, signal);
    if (names !== undefined)
      found.set(nameKey(names), { ...names, lakeFolder: one.folder, tableFolder: undefined, flatFiles: [] });
  }
  for (const one of tables === undefined ? [] : await collectionFolders(tables, signal)) {
    const isTable = (await tables?.reader.folders(one.folder, signal))?.includes('_delta_log');
    const names = isTable ? tableNames(one, lake, found.values()) : undefined;
    if (names === undefined) continue;
    const inLake = found.get(nameKey(names)) ?? { lakeFolder: undefined, flatFiles: [] };
    found.set(nameKey(names), { ...inLake, ...names, tableFolder: one.folder });
  }
  return [...found.values()].sort((one, other) => compareText(nameKey(one), nameKey(other)));
}

export interface FlatCollections {
  readonly collections: readonly Pick<LakeCollection, keyof Names | 'flatFiles'>[];
  /** Lines that are no change events, of files without a line of a collection. */
  readonly unreadable: number;
}

/** Reads every file: without folders, only the lines name their collections. */
export async function flatCollections(
  { reader }: Place,
  files: readonly LakeFile[],
  signal: AbortSignal,
): Promise<FlatCollections> {
  const found = new Map<string, Names & { readonly flatFiles: LakeFile[] }>();
  const byName = new Map(files.map((file) => [nameOf(file.path), file]));
  const unreadable = new Map<string, number>();
  for await (const { rows, unreadableOf } of readRows(reader, files, signal)) {
    for (const [file, lines] of unreadableOf) unreadable.set(file, lines);
    for (const { file, row } of rows) {
      if (row.db === null || row.coll === null) continue;
      const names = { database: row.db, collection: row.coll };
      const known = found.get(nameKey(names)) ?? { ...names, flatFiles: [] };
      found.set(nameKey(names), known);
      unreadable.delete(file);
      const read = byName.get(file);
      if (read !== undefined && known.flatFiles.at(-1) !== read) known.flatFiles.push(read);
    }
  }
  return {
    collections: [...found.values()],
    unreadable: [...unreadable.values()].reduce((sum, lines) => sum + lines, 0),
  };
}

interface Names {
  readonly database: string;
  readonly collection: string;
}

export function nameKey({ database, collection }: Names): string {
  return JSON.stringify([database, collection]);
}

/** The path has only a part of a long name. A line of the collection has the whole name. */
async function namesOf(reader: LakeReader, one: CollectionFolder, signal: AbortSignal): Promise<Names | undefined> {
  const { database, collection, folder } = one;
  if (database !== undefined && collection !== undefined) return { database, collection };
  for await (const page of reader.list(folder, signal)) {
    for (const { path } of page) {
      const content = await reader.read(path, signal);
      const [line] = content === undefined ? [] : linesOf(content);
      const row = line && readRow(line);
      if (typeof row?.db === 'string' && typeof row.coll === 'string')
        return { database: row.db, collection: row.coll };
    }
  }
  return undefined;
}

/** Tables have the same folders as the lake. If a name was cut and the lake lost the folder, the cut name is used. */
function tableNames(one: CollectionFolder, lake: Place, known: Iterable<LakeCollection>): Names {
  const inner = one.folder.split('/').slice(-2).join('/');
  for (const { database, collection, lakeFolder } of known) {
    const folder = lakeFolder?.slice(lake.directory.length).replace(/^\//, '');
    if (folder === inner) return { database, collection };
  }
  const [database = '', collection = ''] = inner.split('/');
  return { database: one.database ?? database, collection: one.collection ?? collection };
}
