// Makes the lake equal to the source again, with snapshot events and deletes. Their T0 is now.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventTarget } from '../load/load-target.ts';
import type { Snapshot } from '../load/snapshot.ts';
import { snapshotTokens, tokenOf } from '../load/snapshot-token.ts';
import type { Difference } from './compare.ts';
import type { SourceDocument } from './source-documents.ts';

export interface RepairTargets {
  /** Redacts, as the receiver does: for documents of the source. */
  readonly documents: EventTarget;
  /** Writes as it is given: the keys of the lake are redacted already. */
  readonly deletes: EventTarget;
}

const eventsAtOnce = 500;

/** `documents` are those of the source once more, their events with the T0 of the repair. Returns how many events it wrote. */
export async function repair(
  connection: DuckDBConnection,
  documents: AsyncIterable<SourceDocument>,
  snapshot: Snapshot,
  targets: RepairTargets,
  signal: AbortSignal,
): Promise<number> {
  let written = 0;
  for await (const group of groups(documents)) {
    const differing = await keysAmong(connection, group);
    const events = group.filter(({ key }) => differing.has(key)).map(({ event }) => event());
    written += await deliver(targets.documents, events, signal);
  }
  for await (const keys of keysOf(connection, 'extra'))
    written += await deliver(
      targets.deletes,
      keys.map((key) => deleteEvent(key, snapshot)),
      signal,
    );
  return written;
}

async function deliver(target: EventTarget, events: readonly Uint8Array[], signal: AbortSignal): Promise<number> {
  if (events.length === 0) return 0;
  const outcomes = await target.deliver(events, signal);
  return outcomes.filter(({ outcome }) => outcome !== 'refused').length;
}

function deleteEvent(key: string, { database, collection, seconds }: Snapshot): Uint8Array {
  const token = tokenOf(seconds, snapshotTokens(database, collection).digestOfKey(key));
  return Buffer.from(
    `{"_id":{"_data":"${token}"},"operationType":"delete","clusterTime":{"$timestamp":{"t":${seconds},"i":0}},` +
      `"ns":${JSON.stringify({ db: database, coll: collection })},"documentKey":${key}}`,
  );
}

async function* groups(documents: AsyncIterable<SourceDocument>): AsyncGenerator<SourceDocument[]> {
  let group: SourceDocument[] = [];
  let bytes = 0;
  for await (const document of documents) {
    group.push(document);
    bytes += document.bytes;
    if (group.length < eventsAtOnce && bytes < 8 * 1024 * 1024) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

/** Keys as the source spells them. */
async function keysAmong(connection: DuckDBConnection, group: readonly SourceDocument[]): Promise<ReadonlySet<string>> {
  const appender = await connection.createAppender('source_text');
  for (const { key } of group) {
    appender.appendVarchar(key);
    appender.appendNull();
    appender.endRow();
  }
  appender.closeSync();
  const found = await connection.runAndReadAll(
    `SELECT t.key FROM source_text t JOIN differences d ON CAST(json(t.key) AS VARCHAR) = d.key
     WHERE d.kind IN ('missing', 'different')`,
  );
  await connection.run('TRUNCATE source_text');
  return new Set(found.getRows().map(([key]) => String(key)));
}

async function* keysOf(connection: DuckDBConnection, kind: Difference): AsyncGenerator<string[]> {
  for (let after = ''; ; ) {
    const found = await connection.runAndReadAll(
      `SELECT key FROM differences WHERE kind = '${kind}' AND key > $after ORDER BY key LIMIT ${eventsAtOnce}`,
      { after },
    );
    const keys = found.getRows().map(([key]) => String(key));
    if (keys.length === 0) return;
    yield keys;
    after = keys.at(-1) ?? '';
  }
}
