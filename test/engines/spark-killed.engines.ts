// Jobs die in the middle and run again. Each job dies once by SIGKILL, with its Spark, and once by a fault at another
// point.
import assert from 'node:assert/strict';
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { changesIn, compare, historyOf, latestOf } from './support/model.ts';
import { breakJob, type Death, killJob, runJob, tableRows } from './support/spark.ts';
import { tellStory } from './support/story.ts';
import { compactTables, tell, temporaryPlaces } from './support/told-lake.ts';

const places = temporaryPlaces();

/** A batch of latest.py and history.py has two merges: first the table of ends, then the target. */
const betweenItsCommits: Death = { merge: 2, when: 'before' };
const beforeItsCheckpoint: Death = { merge: 2, when: 'after' };

describe('a job that dies and is run again', () => {
  before(async () => {
    for (const wave of tellStory(5).waves) await tell(wave, places, 'batch');
    await compactTables(places);
  });

  for (const { name, die, job, death } of [
    { name: 'killed between its commits', die: killJob, job: 'history', death: betweenItsCommits },
    { name: 'killed before its checkpoint', die: killJob, job: 'latest', death: beforeItsCheckpoint },
    { name: 'broken between its commits', die: breakJob, job: 'latest', death: betweenItsCommits },
    { name: 'broken before its checkpoint', die: breakJob, job: 'history', death: beforeItsCheckpoint },
  ] as const)
    it(`${job}.py, ${name}, applies each batch once`, async () => {
      const place = (...names: string[]) => places.beside(`${job} ${name}`.replaceAll(' ', '-'), ...names);
      const options = [
        '--changes',
        places.changes('carts'),
        '--target',
        place('target'),
        '--checkpoint',
        place('stream'),
      ];
      await die(job, death, ...options);
      const isCommitted = death.when === 'after';
      const rowsBefore = await tableRows(place('target'), '_sequence');
      assert(!existsSync(place('stream', 'stream', 'commits', '0')));
      assert.equal(rowsBefore.length > 0, isCommitted);

      await runJob(job, ...options);

      const rows = await tableRows(place('target'), '_sequence');
      assert.deepEqual(versionsOf(rows), wanted[job]());
      assert(existsSync(place('stream', 'stream', 'commits', '0')));
      assert.deepEqual(batchesIn(place('target')), [0]);
      assert.deepEqual(batchesIn(place('stream', 'ends')), [0]);
    });

  // A process leaves this if it is killed between the folder of a log and its first commit.
  it('latest.py and compact.py create a table where a killed run left an empty log', async () => {
    const place = (...names: string[]) => places.beside('empty-log', ...names);
    for (const table of [place('target'), place('stream', 'ends'), place('tables', 'shop', 'carts')])
      mkdirSync(join(table, '_delta_log'), { recursive: true });

    const streams = ['--target', place('target'), '--checkpoint', place('stream')];
    await runJob('latest', '--changes', places.changes('carts'), ...streams);
    await runJob('compact', '--lake', places.lake, '--tables', place('tables'), '--collection', 'shop/carts');

    assert.deepEqual(versionsOf(await tableRows(place('target'), '_sequence')), wanted.latest());
    assert.deepEqual(
      (await tableRows(place('tables', 'shop', 'carts'), 'sequence')).map(({ sequence }) => sequence),
      changesIn(places.lake, 'shop', 'carts').map(({ sequence }) => sequence),
    );
  });

  for (const { name, die, death } of [
    { name: 'killed after a commit', die: killJob, death: { merge: 1, when: 'after' } },
    { name: 'broken before a commit', die: breakJob, death: { merge: 2, when: 'before' } },
  ] as const)
    it(`compact.py, ${name}, adds each event once`, async () => {
      const tables = places.beside(name.replaceAll(' ', '-'));
      const options = ['--lake', places.lake, '--tables', tables];
      await die('compact', death, ...options);

      const printed = await runJob('compact', ...options);

      assert.match(printed, /^shop\/baskets: 0 rows added$/m);
      assert.match(printed, /^shop\/orders: [1-9]\d* rows added$/m);
      for (const coll of ['baskets', 'carts', 'orders'])
        assert.deepEqual(
          (await tableRows(join(tables, 'shop', coll), 'sequence')).map(({ sequence }) => sequence),
          changesIn(places.lake, 'shop', coll).map(({ sequence }) => sequence),
        );
    });
});

const wanted = {
  latest: () =>
    latestOf(changesIn(places.lake, 'shop', 'carts'))
      .toSorted((one, other) => compare(one._sequence, other._sequence))
      .map(({ _key, _sequence, _data, _valid_from }) => [_key, _sequence, _data, _valid_from, undefined]),
  history: () =>
    historyOf(changesIn(places.lake, 'shop', 'carts')).map(({ _key, _sequence, _data, _valid_from, _valid_to }) => [
      ...[_key, _sequence, _data, _valid_from, _valid_to],
    ]),
};

function versionsOf(rows: Awaited<ReturnType<typeof tableRows>>): readonly unknown[] {
  return rows.map(({ _key, _sequence, _data, _clusterTime, _valid_to }) => [
    ...[_key, _sequence, _data, _clusterTime, _valid_to],
  ]);
}

/** The number of the batch in each commit of a table. */
function batchesIn(table: string): readonly number[] {
  return globSync('_delta_log/*.json', { cwd: table })
    .flatMap((file) => readFileSync(join(table, file), 'utf8').split('\n').filter(Boolean))
    .flatMap((line) => JSON.parse(line).txn?.version ?? []);
}
