// npm run views: the views of a collection in the SQL of an engine.
import { writeFile } from 'node:fs/promises';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { CommandError, reasonOf } from '../command.ts';
import type { Progress } from '../progress.ts';
import type { Column } from '../views/column-type.ts';
import { columnsText } from '../views/columns-file.ts';
import { type EngineName, engines } from '../views/engine.ts';
import { viewPlace } from '../views/view-places.ts';
import { viewsText } from '../views/write-views.ts';
import { withCommas } from '../with-commas.ts';
import { columnsByHand } from './columns-by-hand.ts';
import { collectionsWithin } from './copy-limit.ts';
import type { LakeCollection } from './lake-catalog.ts';
import { openLakeDatabase } from './lake-database.ts';
import { allHours } from './lake-files.ts';
import { openPlaces, type Places } from './open-places.ts';
import type { Reading } from './reading.ts';
import { sampleCollection } from './sample-collection.ts';

export interface ViewsOptions {
  /** Undefined with `--infer`: it writes no views. */
  readonly engine: string | undefined;
  readonly collection: string | undefined;
  readonly isInferring: boolean;
  /** The file of `--columns`. */
  readonly columnsFile: string | undefined;
  readonly out: string | undefined;
  readonly sample: number;
  readonly levels: number;
  readonly maxCopiedBytes: number;
}

export interface ViewsTerminal {
  readonly write: (line: string) => void;
  readonly note: (line: string) => void;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export async function runViews(
  options: ViewsOptions,
  environment: Environment,
  terminal: ViewsTerminal,
): Promise<void> {
  const engine = options.isInferring ? undefined : readEngine(options.engine);
  if (options.collection === undefined) throw new CommandError(`Cannot write views: ${collectionRule}: it is missing`);
  const places = await openPlaces(environment, 'write views');
  const collection = await findCollection(options.collection, options, places, terminal);
  const { lakeFolder, tableFolder, flatFiles } = collection;
  if (flatFiles.length > 0 && (lakeFolder ?? tableFolder) !== undefined)
    terminal.note(
      `The views do not read the files of ${options.collection} outside of folders (${withCommas(flatFiles.length)}): npm run query does`,
    );
  const { columns, origin } = await columnsOf(collection, options, places, terminal);
  const text =
    engine === undefined
      ? columnsText(options.collection, columns)
      : viewsText(engine, viewsOf(collection, columns, places), origin);
  if (options.out === undefined) return terminal.write(text);
  await writeFile(options.out, `${text}\n`).catch((error: unknown) => {
    throw new CommandError(`Cannot write ${JSON.stringify(options.out)}: ${reasonOf(error)}`, { cause: error });
  });
  terminal.note(`Wrote ${options.out}: read it before you run it`);
}

const collectionRule = '--collection must be <database>.<collection>';

function readEngine(text: string | undefined): EngineName {
  const engine = engines.find((name) => name === text);
  if (engine !== undefined) return engine;
  const found = text === undefined ? 'it is missing' : `it is ${JSON.stringify(text)}`;
  throw new CommandError(`Cannot write views: --engine must be one of ${engines.join(', ')}: ${found}`);
}

/** A database's name has no dot. */
async function findCollection(
  text: string,
  { maxCopiedBytes }: ViewsOptions,
  places: Places,
  { note, signal }: ViewsTerminal,
): Promise<LakeCollection> {
  const [, database = '', collection = ''] = /^([^.]+)\.(.+)$/s.exec(text) ?? [];
  if (collection === '') throw new CommandError(`Cannot write views: ${collectionRule}: it is ${JSON.stringify(text)}`);
  const known = await collectionsWithin({ places, hours: allHours, maxCopiedBytes, signal }, note);
  const found = known.find((one) => one.database === database && one.collection === collection);
  if (found !== undefined) return found;
  const there = known.map((one) => `${one.database}.${one.collection}`).slice(0, 20);
  throw new CommandError(
    `Cannot write views: --collection must be in the lake: ${text} is not${there.length === 0 ? ', which has no events yet' : `; there are ${there.join(', ')}`}`,
  );
}

async function columnsOf(
  collection: LakeCollection,
  options: ViewsOptions,
  places: Places,
  { progress, signal }: ViewsTerminal,
): Promise<{ readonly columns: readonly Column[]; readonly origin: string }> {
  const files = options.columnsFile === undefined ? [] : [options.columnsFile];
  const byHand = (await columnsByHand(files, [collection])).of(collection);
  if (byHand !== undefined) return { columns: byHand, origin: 'from a file, by hand' };
  const database = await openLakeDatabase();
  const reading: Reading = {
    places,
    database,
    hours: allHours,
    maxCopiedBytes: options.maxCopiedBytes,
    mostFiles: options.sample,
    onRead: (_collection, done, total) => progress.update(done, total, 'Reading a sample of the documents'),
    signal,
  };
  try {
    const { columns, documents } = await sampleCollection(collection, options, reading);
    return { columns, origin: `from a sample of ${withCommas(documents)} documents` };
  } finally {
    progress.end();
    await database.close();
  }
}

function viewsOf(
  { database, collection, lakeFolder, tableFolder }: LakeCollection,
  columns: readonly Column[],
  places: Places,
) {
  const { lake, tables } = places.settings;
  return {
    database,
    collection,
    folder: (tableFolder ?? lakeFolder ?? `${database}/${collection}`).split('/').slice(-2).join('/'),
    lake: viewPlace(lake.location, '<directory>'),
    tables: tables.location && viewPlace(tables.location, '<directory>-tables'),
    hasTable: tableFolder !== undefined,
    isFlat: lakeFolder === undefined && tableFolder === undefined,
    columns,
  };
}
