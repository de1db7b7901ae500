// Spark's jobs and views over a load and live events under one REDACT: the same versions as without it.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { collections, momentOf, storeRedactedLoad, versions } from '../support/redacted-load.ts';
import { runJob, runSparkScript, sparkRows, tableRows } from './support/spark.ts';
import { compactTables, temporaryPlaces } from './support/told-lake.ts';
import { viewsOf } from './support/views-text.ts';

const places = temporaryPlaces();
const history = versions.map(([n, from, to]) => [n, momentOf(from), to === null ? null : momentOf(to)]);
const latest = versions.flatMap(([n, from, to]) => (to === null ? [[n, momentOf(from)]] : []));

describe('a load and live events under one REDACT, in Spark', () => {
  before(async () => {
    await storeRedactedLoad(places.folder);
    await compactTables(places);
  });

  for (const coll of collections) {
    it(`latest.py and history.py have the versions of ${coll}`, async () => {
      for (const kind of ['latest', 'history']) {
        const own = ['--target', places.beside(kind, coll), '--checkpoint', places.beside('checkpoints', kind, coll)];
        await runJob(kind, '--changes', places.changes(coll), ...own);
      }

      const states = await tableRows(places.beside('latest', coll), 'n');
      const all = await tableRows(places.beside('history', coll), 'n');

      assertVersions(states, all);
    });

    it(`the views have the versions of ${coll}`, async () => {
      const text = await viewsOf('spark', coll, places.lake, places.tables);
      await runSparkScript(text.split(/;\n/).filter((statement) => /^[A-Z]/m.test(statement)));

      const states = await sparkRows(`SELECT n, _clusterTime FROM shop.${coll}_latest ORDER BY n`);
      const all = await sparkRows(`SELECT n, _valid_from, _valid_to FROM shop.${coll}_history ORDER BY n`);

      assertVersions(states, all);
    });
  }
});

function assertVersions(states: Awaited<ReturnType<typeof tableRows>>, all: typeof states): void {
  assert.deepEqual(
    states.map(({ n, _clusterTime }) => [n, _clusterTime]),
    latest,
  );
  assert.deepEqual(
    all.map(({ n, _valid_from, _valid_to }) => [n, _valid_from, _valid_to]),
    history,
  );
}
