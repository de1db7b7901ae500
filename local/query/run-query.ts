// npm run query: SQL over the lake and its tables.
import type { Environment } from '../../shared/app/setting-reader.ts';
import { CommandError } from '../command.ts';
import type { Column } from '../views/column-type.ts';
import { inferColumns } from '../views/infer-columns.ts';
import { answerQuery, countStatements, type QueryTerminal } from './answer-query.ts';
import { askedCollections } from './asked-collections.ts';
import {
  createBareViews,
  createSchemas,
  createViews,
  type NamedCollection,
  namedCollections,
} from './collection-views.ts';
import { type ColumnsByHand, columnsByHand } from './columns-by-hand.ts';
import { collectionsWithin } from './copy-limit.ts';
import { openLakeDatabase } from './lake-database.ts';
import type { Hours } from './lake-files.ts';
import { type OpenCollection, openCollection } from './open-collection.ts';
import { openPlaces } from './open-places.ts';
import { printOverview } from './overview.ts';
import type { OutputForm } from './print-result.ts';
import type { Reading } from './reading.ts';
import { sampledDocuments } from './sampled-documents.ts';
import { aboutUnreadableLines } from './unreadable-lines.ts';

export interface QueryOptions {
  /** Undefined: lists the collections. */
  readonly sql: string | undefined;
  readonly form: OutputForm;
  readonly hours: Hours;
  readonly sample: number;
  readonly levels: number;
  readonly maxCopiedBytes: number;
  /** The files of `--columns`. */
  readonly columnsFiles: readonly string[];
}

export async function runQuery(
  options: QueryOptions,
  environment: Environment,
  terminal: QueryTerminal,
): Promise<void> {
  const places = await openPlaces(environment, 'query');
  const database = await openLakeDatabase();
  try {
    const { hours, maxCopiedBytes } = options;
    const { signal } = terminal;
    const reading: Reading = {
      places,
      database,
      hours,
      maxCopiedBytes,
      onRead: showReading(terminal),
      signal,
    };
    await query(options, reading, terminal);
  } finally {
    terminal.progress.end();
    await database.close();
  }
}

async function query(options: QueryOptions, reading: Reading, terminal: QueryTerminal): Promise<void> {
  const { database } = reading;
  const { sql, form, columnsFiles } = options;
  const known = namedCollections(await collectionsWithin(reading, terminal.note));
  if (sql === undefined) return await printOverview(await openedOf(known, reading, terminal), reading, form, terminal);
  const statements = await countStatements(sql, database, known);
  const byHand = await columnsByHand(columnsFiles, known);
  const asked = askedCollections(sql, known);
  await createSchemas(database.connection, known);
  for (const [number, one] of asked.entries()) await openViews(one, number, byHand, options, reading, terminal);
  await createBareViews(database.connection, known, asked);
  await answerQuery(sql, form, database, known, terminal);
  if (statements > 1) terminal.note(`These are the rows of the last of ${statements} statements`);
}

async function openViews(
  one: NamedCollection,
  number: number,
  byHand: ColumnsByHand,
  { sample, levels }: QueryOptions,
  reading: Reading,
  terminal: QueryTerminal,
): Promise<void> {
  const { places, database } = reading;
  const open = await openCollection(one, number, reading);
  noteUnreadable(one, open, terminal);
  const inferred = async (): Promise<readonly Column[]> => {
    const isSimple = places.settings.documentFormat === 'simple' || open.hasSimpleLines;
    return inferColumns(await sampledDocuments(database.connection, open.changes, sample, isSimple), levels);
  };
  await createViews(database.connection, one, open.changes, byHand.of(one) ?? (await inferred()));
}

/** Names a collection that cannot be read, and reads the others. */
async function openedOf(
  known: readonly NamedCollection[],
  reading: Reading,
  terminal: QueryTerminal,
): Promise<ReadonlyMap<NamedCollection, OpenCollection | undefined>> {
  const opened = new Map<NamedCollection, OpenCollection | undefined>();
  for (const [number, one] of known.entries()) {
    const open = await openCollection(one, number, reading).catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      terminal.note(error.message);
    });
    opened.set(one, open ?? undefined);
    if (open !== undefined) noteUnreadable(one, open, terminal);
  }
  return opened;
}

function showReading({ progress }: QueryTerminal): Reading['onRead'] {
  return ({ database, collection }, done, total) =>
    progress.update(done, total, `Reading ${database}.${collection}: ${(done / 1_000_000).toFixed(1)} MB`);
}

function noteUnreadable(
  { database, collection }: NamedCollection,
  { unreadableLines }: OpenCollection,
  { note }: QueryTerminal,
): void {
  for (const line of aboutUnreadableLines(unreadableLines, `${database}.${collection}`)) note(line);
}
