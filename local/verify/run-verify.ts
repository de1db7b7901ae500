// npm run verify: the newest state in the lake beside a dump, and what makes them equal.
import { statSync } from 'node:fs';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { openWriter } from '../../shared/lake/open-lake.ts';
import { CommandError } from '../command.ts';
import { DumpFault } from '../dump/dump-fault.ts';
import { lakeTarget } from '../load/lake-target.ts';
import type { Snapshot } from '../load/snapshot.ts';
import type { Progress } from '../progress.ts';
import { internalSchema } from '../query/event-store.ts';
import { lakeCollections } from '../query/lake-catalog.ts';
import { type LakeDatabase, openLakeDatabase } from '../query/lake-database.ts';
import { openCollection } from '../query/open-collection.ts';
import { openPlaces, type Places } from '../query/open-places.ts';
import { duckdbDialect } from '../views/duckdb/duckdb-dialect.ts';
import { latestQuery } from '../views/view-queries.ts';
import { type Comparison, compare, type Newest, prepareComparison, readSource } from './compare.ts';
import { type Asked, readVerifyOptions, type VerifyOptions } from './read-verify-options.ts';
import { repair } from './repair.ts';
import { count, report } from './report.ts';
import { expectedIds, sourceDocuments } from './source-documents.ts';

export interface VerifyTerminal {
  readonly write: (line: string) => void;
  readonly note: (line: string) => void;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Asks the person; undefined where there is nobody to ask. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
}

/** True when the lake is equal to the source, or was made so. */
export async function runVerify(
  options: VerifyOptions,
  environment: Environment,
  terminal: VerifyTerminal,
): Promise<boolean> {
  const asked = readVerifyOptions(options, new Date());
  const places = await openPlaces(environment, 'verify');
  try {
    return await verify(asked, places, options, usualMemory, terminal);
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    terminal.note(
      `The documents are large: the comparison begins again, with up to ${mostMemory} in place of ${usualMemory}`,
    );
    return await verify(asked, places, options, mostMemory, terminal);
  }
}

const usualMemory = '160MB';
const mostMemory = '4GB';

/** DuckDB holds some thousand values of a column at once, and cannot write those to disk. */
function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes('Out of Memory Error') || isOutOfMemory(error.cause);
}

async function verify(
  asked: Asked,
  places: Places,
  options: VerifyOptions,
  memory: string,
  terminal: VerifyTerminal,
): Promise<boolean> {
  const database = await openLakeDatabase();
  try {
    const comparison = await compareWithLake(asked, places, database, memory, terminal);
    terminal.progress.end();
    terminal.write(options.json ? JSON.stringify(comparison) : report(asked.namespace, comparison));
    const isEqual = comparison.missing + comparison.extra + comparison.different === 0;
    if (isEqual || !options.repair) return isEqual;
    return await repairLake(asked, comparison, places, database, options, terminal);
  } catch (error) {
    if (error instanceof DumpFault)
      throw new CommandError(`Cannot read ${JSON.stringify(error.file)} at ${error.place}: ${error.requirement}`);
    throw error;
  } finally {
    terminal.progress.end();
    await database.close();
  }
}

async function compareWithLake(
  asked: Asked,
  places: Places,
  database: LakeDatabase,
  memory: string,
  terminal: VerifyTerminal,
): Promise<Comparison> {
  const { connection } = database;
  const scope = { idsOnly: asked.expect !== undefined, unchangedSince: asked.unchangedSince };
  await prepareComparison(connection, database.folder, memory);
  const newest = await openNewest(asked, places, database, terminal);
  const snapshot = { ...asked.namespace, shardKey: asked.shardKey, seconds: 0 };
  const source =
    asked.expect === undefined
      ? sourceDocuments(asked.dumps, snapshot, places.settings, sourceProgress(asked, terminal))
      : expectedIds(asked.expect, snapshot, places.settings);
  await readSource(connection, source, scope);
  return await compare(connection, newest, scope);
}

/** A lake that has nothing of the collection has no newest state: everything is missing. */
async function openNewest(
  { namespace }: Asked,
  places: Places,
  database: LakeDatabase,
  { progress, signal }: VerifyTerminal,
): Promise<Newest> {
  const collections = await lakeCollections(places.lake, places.tables, signal);
  const collection = collections.find(
    (one) => one.database === namespace.database && one.collection === namespace.collection,
  );
  if (collection === undefined)
    return {
      latest: "SELECT '' AS _key, '' AS _data WHERE false",
      changes: "(SELECT '' AS documentKey, '' AS sequence, '' AS rest WHERE false)",
    };
  const { changes } = await openCollection(collection, 1, {
    places,
    database,
    hours: { from: undefined, to: undefined },
    maxCopiedBytes: Number.POSITIVE_INFINITY,
    onRead: (_, done, total) => progress.update(done, total, 'reading the lake'),
    signal,
  });
  return { latest: latestQuery(changes, [], duckdbDialect(internalSchema)), changes };
}

function sourceProgress({ dumps }: Asked, { progress }: VerifyTerminal): (bytes: number) => void {
  const total = dumps.reduce((bytes, { file }) => bytes + statSync(file).size, 0);
  let done = 0;
  return (bytes) => {
    done += bytes;
    progress.update(done, total, 'reading the dump');
  };
}

async function repairLake(
  asked: Asked,
  { missing, different, extra }: Comparison,
  places: Places,
  database: LakeDatabase,
  { yes }: VerifyOptions,
  { write, note, ask, progress, signal }: VerifyTerminal,
): Promise<boolean> {
  if (asked.expect !== undefined && missing > 0)
    note('Missing documents cannot be repaired from their ids: give a dump with --file');
  const snapshots = asked.expect === undefined ? missing + different : 0;
  const plan = `${count(snapshots, 'snapshot event')} and ${count(extra, 'delete')}`;
  note(`The repair writes ${plan}, with the time of now. Nothing that is there is changed.`);
  if (!yes && (ask === undefined || !(await ask('Write them?')))) {
    note(ask === undefined ? 'Nothing is written: --yes writes them where nobody can be asked' : 'Nothing is written');
    return false;
  }
  const { settings } = places;
  const writer = await openWriter(settings.lake);
  const snapshot: Snapshot = { ...asked.namespace, shardKey: asked.shardKey, seconds: Math.floor(Date.now() / 1000) };
  const { redactions: _, ...unredacted } = settings;
  const targets = {
    documents: lakeTarget(settings, writer),
    deletes: lakeTarget({ ...unredacted, redactions: undefined }, writer),
  };
  const documents = sourceDocuments(asked.dumps, snapshot, settings, () => undefined);
  const written = await repair(database.connection, documents, snapshot, targets, signal);
  progress.end();
  write(`Written: ${count(written, 'event')}`);
  return written === snapshots + extra && missing + different <= snapshots;
}
