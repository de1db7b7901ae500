// Makes the lake equal to the source again, with snapshot events and deletes. repair-time.ts has their T0.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventTarget } from '../load/load-target.ts';
import type { Snapshot } from '../load/snapshot.ts';
import { snapshotKeys } from '../load/snapshot-key.ts';
import { digestOf, tokenOf } from '../load/snapshot-token.ts';
import { rowsOf } from './differences.ts';
import { normalText } from './fingerprints.ts';
import type { SourceDocument } from './source-documents.ts';
import { type StagedRows, stagedRows, stagingLimits } from './staged-rows.ts';

export interface RepairTargets {
  /** Redacts documents of the source, as the receiver does. */
  readonly documents: EventTarget;
  /** Writes keys of the lake unchanged, because they are redacted already. */
  readonly deletes: EventTarget;
}

const eventsAtOnce = 500;

/**
 * `documents` reads the source again. The events have the T0 of the repair. `onWritten` gets the number of durable
 * events.
 */
export async function repair(
  connection: DuckDBConnection,
  documents: AsyncIterable<SourceDocument>,
  snapshot: Snapshot,
  targets: RepairTargets,
  onWritten: (events: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const deleteEvent = deleteEvents(snapshot);
  for await (const events of missingOrDifferent(connection, documents, signal))
    onWritten(await deliver(targets.documents, events, signal));
  for await (const keys of extraKeys(connection))
    onWritten(await deliver(targets.deletes, keys.map(deleteEvent), signal));
}

async function deliver(target: EventTarget, events: readonly Uint8Array[], signal: AbortSignal): Promise<number> {
  const outcomes = await target.deliver(events, signal);
  return outcomes.filter(({ outcome }) => outcome !== 'refused').length;
}

function deleteEvents({ database, collection, seconds }: Snapshot): (key: string) => Uint8Array {
  const { ofKey } = snapshotKeys(database, collection);
  const namespace = JSON.stringify({ db: database, coll: collection });
  return (key) =>
    Buffer.from(
      `{"_id":{"_data":"${tokenOf(seconds, digestOf(ofKey(key)))}"},"operationType":"delete",` +
        `"clusterTime":{"$timestamp":{"t":${seconds},"i":0}},"ns":${namespace},"documentKey":${key}}`,
    );
}

/** Yields the snapshot events of these documents. */
async function* missingOrDifferent(
  connection: DuckDBConnection,
  documents: AsyncIterable<SourceDocument>,
  signal: AbortSignal,
): AsyncGenerator<readonly Uint8Array[]> {
  const staged = await stagedRows(
    connection,
    ['key'],
    `CREATE OR REPLACE TEMP TABLE differing AS
     SELECT t.key, d.key AS compared, d.shared
     FROM (SELECT DISTINCT key FROM staged) t JOIN differences d ON ${normalText('t.key')} = d.key
     WHERE d.kind IN ('missing', 'different')
     QUALIFY d.shared OR row_number() OVER (PARTITION BY d.key) = 1`,
  );
  for await (const group of groups(documents)) {
    signal.throwIfAborted();
    const { once, shared } = await keysAmong(connection, staged, group);
    const found = group.filter(({ key }) => once.delete(key) || shared.has(key));
    for (let from = 0; from < found.length; from += eventsAtOnce)
      yield found.slice(from, from + eventsAtOnce).map(({ event }) => event());
  }
  await staged.end();
}

/** One look-up reads all differences, so a group is large. */
async function* groups(documents: AsyncIterable<SourceDocument>): AsyncGenerator<readonly SourceDocument[]> {
  let group: SourceDocument[] = [];
  let bytes = 0;
  for await (const document of documents) {
    group.push(document);
    bytes += document.bytes;
    if (group.length < stagingLimits.rows && bytes < stagingLimits.bytes) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

interface DifferingKeys {
  /** A source can have a document several times. One event repairs it. */
  readonly once: Set<string>;
  /** Keys of several documents. Each of these has an event of its own. */
  readonly shared: ReadonlySet<string>;
}

/** Returns the keys as the source spells them. A later group does not find those of `once` again. */
async function keysAmong(
  connection: DuckDBConnection,
  staged: StagedRows,
  group: readonly SourceDocument[],
): Promise<DifferingKeys> {
  for (const { key } of group) staged.add(key);
  await staged.take();
  const found = await connection.runAndReadAll('SELECT key, shared FROM differing');
  await connection.run('DELETE FROM differences WHERE key IN (SELECT compared FROM differing WHERE NOT shared)');
  const rows = found.getRows().map(([key, isShared]) => ({ key: String(key), isShared: isShared === true }));
  const keys = (areShared: boolean) => new Set(rows.filter((row) => row.isShared === areShared).map(({ key }) => key));
  return { once: keys(false), shared: keys(true) };
}

/** The bytes of keys that wait at once. A key can have 16 MB. */
async function keysAtOnce(connection: DuckDBConnection): Promise<number> {
  const longest = `SELECT max(strlen(coalesce("lakeKey", key))) FROM differences WHERE kind = 'extra'`;
  const [found] = await rowsOf(connection, longest);
  const bytes = Number(found?.[0] ?? 0);
  return Math.min(eventsAtOnce, Math.max(1, Math.floor(stagingLimits.bytes / Math.max(1, bytes))));
}

/** Document keys of the lake. Compared ids are only a part of them. */
async function* extraKeys(connection: DuckDBConnection): AsyncGenerator<readonly string[]> {
  const limit = await keysAtOnce(connection);
  for (let after = ''; ; ) {
    const found = await connection.runAndReadAll(
      `SELECT coalesce("lakeKey", key) AS extra FROM differences
       WHERE kind = 'extra' AND extra > $after ORDER BY extra LIMIT ${limit}`,
      { after },
    );
    const keys = found.getRows().map(([key]) => String(key));
    if (keys.length === 0) return;
    yield keys;
    after = keys.at(-1) ?? '';
  }
}
