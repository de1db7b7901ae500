// Runs the queries of the workbook in Kusto on DuckDB, over one log line of each kind. alerts.engines.ts has the
// alerts.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { root } from '../../local/paths.ts';
import { runKql } from './support/dialects.ts';
import { type LineKind, writeLogLines } from './support/log-lines.ts';
import { compare } from './support/model.ts';
import type { Row } from './support/spark.ts';
import { temporaryPlaces } from './support/told-lake.ts';

const places = temporaryPlaces();
const queries = globSync('infra/queries/*.kql', { cwd: root }).filter((file) => !basename(file).startsWith('alert-'));

/** One line per minute, from 10:00. */
const log: readonly LineKind[] = [
  ...(['stored', 'storedSeveral', 'storedAgain', 'refused', 'notAuthentic'] as const),
  ...(['failed', 'busy', 'incomplete', 'partlyRefused', 'late'] as const),
  ...(['wrongSettings', 'lakeDown', 'hubStored', 'hubLate', 'hubRefused'] as const),
  ...(['hubFailed', 'tablesRun', 'tablesIdle', 'tablesLate'] as const),
];

/** The wanted rows, by query. */
const wanted: Readonly<Record<string, readonly Row[]>> = {
  'duplicates.kql': [
    { TimeGenerated: at(0), stored: 3, alreadyStored: 2, percent: 40 },
    { TimeGenerated: at(5), stored: 2, alreadyStored: 0, percent: 0 },
    { TimeGenerated: at(10), stored: 2, alreadyStored: 1, percent: 33.3 },
    { TimeGenerated: at(15), stored: 0, alreadyStored: 0, percent: 0 },
  ],
  'event-hub-lag.kql': [
    { partition: '0', TimeGenerated: at(10), lagSeconds: 900 },
    { partition: '0', TimeGenerated: at(15), lagSeconds: 600 },
  ],
  'event-hub-refused.kql': ['not-json', 'malformed operationType'].map((reason) => ({
    ...{ hub: 'changes', partition: '0', reason, messages: 1, firstSeen: at(14), lastSeen: at(14) },
  })),
  'events-by-namespace.kql': [
    { namespace: 'sample_mflix.movies', TimeGenerated: at(0), events: 0.8 },
    { namespace: 'shop.orders', TimeGenerated: at(0), events: 0.2 },
    { namespace: 'sample_mflix.movies', TimeGenerated: at(5), events: 0.8 },
    { namespace: 'shop.orders', TimeGenerated: at(5), events: 0.2 },
    { namespace: 'sample_mflix.movies', TimeGenerated: at(10), events: 0.6 },
    { namespace: 'sample_mflix.movies', TimeGenerated: at(15), events: 0.2 },
  ],
  'events-by-operation.kql': [
    { operationType: 'insert', TimeGenerated: at(0), events: 0.6 },
    { operationType: 'update', TimeGenerated: at(0), events: 0.2 },
    { operationType: 'delete', TimeGenerated: at(0), events: 0.2 },
    { operationType: 'insert', TimeGenerated: at(5), events: 0.6 },
    { operationType: 'update', TimeGenerated: at(5), events: 0.2 },
    { operationType: 'delete', TimeGenerated: at(5), events: 0.2 },
    { operationType: 'replace', TimeGenerated: at(10), events: 0.2 },
    { operationType: 'insert', TimeGenerated: at(10), events: 0.4 },
    { operationType: 'insert', TimeGenerated: at(15), events: 0.2 },
  ],
  'events-by-outcome.kql': [
    { TimeGenerated: at(0), stored: 0.6, alreadyStored: 0.4, refused: 0.2, failed: 0 },
    { TimeGenerated: at(5), stored: 0.4, alreadyStored: 0, refused: 0.2, failed: 0.6 },
    { TimeGenerated: at(10), stored: 0.4, alreadyStored: 0.2, refused: 0.4, failed: 0 },
    { TimeGenerated: at(15), stored: 0, alreadyStored: 0, refused: 0, failed: 0.2 },
  ],
  'failed-writes.kql': [
    {
      fault: 'RestError ServerBusy 503',
      events: 4,
      firstSeen: at(5),
      lastSeen: at(15),
      digests: '["fac88db9e64de8e2","8a50404b1988f70f","96ce2f42d7bbadc2"]',
    },
  ],
  'lag.kql': [
    { TimeGenerated: at(0), p50: 2, p95: 4, p99: 4 },
    { TimeGenerated: at(5), p50: 3, p95: 1200, p99: 1200 },
  ],
  'refused.kql': [{ reason: 'malformed operationType', events: 2, firstSeen: at(3), lastSeen: at(8) }],
  'storage-time.kql': [
    { TimeGenerated: at(0), storageP50: 30, storageP95: 30, deliveryP95: 40 },
    { TimeGenerated: at(5), storageP50: 30, storageP95: 7990, deliveryP95: 8000 },
    { TimeGenerated: at(10), storageP50: 30, storageP95: 30, deliveryP95: 40 },
    { TimeGenerated: at(15), storageP50: 30, storageP95: 30, deliveryP95: 40 },
  ],
  'tables-lag.kql': [{ TimeGenerated: at(0), oldestMissingMinutes: 180, filesLeft: 0, rowsPerRun: 4 / 3 }],
  'turned-away.kql': [
    { problem: 'not-authentic', status: 401, deliveries: 1, largestBytes: 466, firstSeen: at(4), lastSeen: at(4) },
    { problem: 'busy', status: 503, deliveries: 1, largestBytes: 0, firstSeen: at(6), lastSeen: at(6) },
    { problem: 'incomplete-body', status: 503, deliveries: 1, largestBytes: 0, firstSeen: at(7), lastSeen: at(7) },
  ],
};

describe('the queries of the workbook in Kusto', () => {
  let lines: readonly (readonly [string, string])[] = [];
  before(async () => {
    const written = await writeLogLines(places);
    lines = log.map((kind, minute) => [at(minute).replace('T', ' ').slice(0, 19), written[kind]]);
  });

  for (const file of queries)
    it(`give the right rows: ${basename(file)}`, async () => {
      const text = readFileSync(join(root, file), 'utf8');

      const rows = await runKql(text, { AppTraces: lines });

      const [, ordered = '', direction] = /order by (\w+) (asc|desc)/.exec(text) ?? [];
      const order = rows.map((row) => row[ordered]);
      const sorted = order.toSorted((one, other) => compare(String(one), String(other)));
      assert.deepEqual(order, direction === 'asc' ? sorted : sorted.toReversed());
      assert.deepEqual(byText(rows), byText(wanted[basename(file)] ?? []));
    });
});

function at(minute: number): string {
  return new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString();
}

/** Sorts the rows: a query does not order all of them. */
function byText(rows: readonly Row[]): readonly string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).toSorted())).toSorted();
}
