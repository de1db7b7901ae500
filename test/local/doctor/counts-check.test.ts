import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { countedOperations } from '../../../local/atlas/atlas-database.ts';
import { checkAtlas } from '../../../local/doctor/atlas/atlas-checks.ts';
import type { Check } from '../../../local/doctor/check.ts';
import { checkCounts, judgeCounts } from '../../../local/doctor/counts/counts-check.ts';
import type { Files } from '../../support/app-folders.ts';
import { assertFailed, checksOf, named } from '../../support/checks.ts';
import { deployedAtlas } from '../../support/doctor.ts';
import { eventFile, insertEvent } from '../../support/lake-events.ts';
import { temporaryLake } from '../../support/lakes.ts';
import { never } from '../../support/never.ts';

const name = 'documents of sample_mflix.movies';

describe('checkCounts()', () => {
  it('counts the documents in Atlas, and the keys of the latest state in the lake', async (t) => {
    const check = await countsOf(t, { documents: 3, inLake: 3 });

    assert.deepEqual(check, { name, outcome: 'ok', told: '3 in the collection, 3 in the latest state of the lake' });
  });

  it('counts the documents of all shards', async (t) => {
    const check = await countsOf(t, { documents: 5, inLake: 5, shards: 3 });

    assert.deepEqual(check, { name, outcome: 'ok', told: '5 in the collection, 5 in the latest state of the lake' });
  });

  it('knows from Atlas that a load with a filter is done', async (t) => {
    const initialLoads = [{ database: 'sample_mflix', collection: 'movies', filter: { year: 2000 } }];

    assert.match((await countsOf(t, { documents: 5, inLake: 2, load: 'done', initialLoads })).told, /has a filter/);
  });

  it('names the shard key of the load in Atlas in the commands that need it', async (t) => {
    const initialLoads = [{ database: 'sample_mflix', collection: 'movies', shardKey: ['region', 'year'] }];
    const counts = { documents: 5, inLake: 2, initialLoads };

    const [never, done] = [await countsOf(t, counts), await countsOf(t, { ...counts, load: 'done' })];

    assert.match(never.fix ?? '', /^npm run atlas:load -- --start sample_mflix\.movies --shard-key region,year /);
    assertFailed(
      done,
      /5 in the/,
      /^npm run verify -- --namespace sample_mflix\.movies --file <dump> --shard-key region,year /,
    );
  });

  it('takes the shard key of lake-sync.json if Atlas has no load of the collection', async (t) => {
    const entry = { database: 'sample_mflix', collection: 'movies', shardKey: ['region'] };
    const files = { 'values/initialLoads.json': { name: 'initialLoads', from_secret: false, value: [entry] } };

    const { fix } = await countsOf(t, { documents: 5, inLake: 2, initialLoads: [], files });

    assert.match(fix ?? '', /^npm run atlas:load -- --start sample_mflix\.movies --shard-key region /);
  });
});

describe('judgeCounts()', () => {
  const movies = { database: 'sample_mflix', collection: 'movies', load: '', isFiltered: false, shardKey: [] };
  const judged = (documents: number, keys: number, load = '') =>
    judgeCounts({ ...movies, documents, load }, { kind: 'counted', keys });

  it('accepts a small difference, because others write meanwhile', () => {
    assert.equal(judged(1000, 990, 'done').outcome, 'ok');
    assert.equal(judged(1000, 989, 'done').outcome, 'failed');
  });

  it('fails if a load is done and the counts differ', () => {
    assertFailed(
      judged(5, 2, 'done'),
      /5 in the collection, 2 in the/,
      /^npm run verify -- --namespace sample_mflix\./,
    );
  });

  it('fails if the lake has documents that the collection lacks', () => {
    assertFailed(judged(1, 4), /1 in the collection, 4 in the latest/, /npm run verify/);
  });

  it('suggests a load if the collection was never loaded, which is not a failure', () => {
    const { outcome, fix = '' } = judged(5, 2);

    assert.equal(outcome, 'leftOut');
    assert.match(fix, /^npm run atlas:load -- --start sample_mflix\.movies/);
  });

  it('waits for a load that is running', () => {
    const { outcome, told } = judged(5, 2, 'running');

    assert.equal(outcome, 'leftOut');
    assert.match(told, /the load is running$/);
  });

  it('fails if a load has another shard key than change events, and names the right one', () => {
    const judgedKeys = (...ofChanges: string[]) =>
      judgeCounts({ ...movies, documents: 2 }, { kind: 'counted', keys: 2, differing: { ofLoad: ['_id'], ofChanges } });

    assertFailed(
      judgedKeys('region', 'year', '_id'),
      /those of the load have _id, those of changes have region, year, _id$/,
      /^npm run atlas:load -- --restart sample_mflix\.movies --shard-key region,year {3}# then npm run verify -- --namespace sample_mflix\.movies --file <dump> --shard-key region,year --repair$/,
    );
    assert.match(judgedKeys('_id', 'region').fix ?? '', /--shard-key _id,region {3}#/);
    assert.match(judgedKeys('_id').fix ?? '', /--shard-key _id {3}#/);
  });

  it('quotes the names of a command for a shell', () => {
    const strange = { ...movies, collection: "it's $x; rm", shardKey: ['a b', 'c'], documents: 5 };

    const [missing, large, wrong] = [
      judgeCounts(strange, { kind: 'counted', keys: 2 }),
      judgeCounts(strange, { kind: 'too-large', megabytes: 900 }),
      judgeCounts(strange, { kind: 'counted', keys: 5, differing: { ofLoad: ['_id'], ofChanges: ['$x', '_id'] } }),
    ].map(({ fix = '' }) => fix);

    const quoted = "'sample_mflix.it'\\''s $x; rm'";
    assert(missing?.startsWith(`npm run atlas:load -- --start ${quoted} --shard-key 'a b,c'   # `), missing);
    assert(large?.startsWith(`npm run verify -- --namespace ${quoted} --file <dump> --shard-key 'a b,c'   # `), large);
    assert(wrong?.startsWith(`npm run atlas:load -- --restart ${quoted} --shard-key '$x'   # `), wrong);
    assert(wrong?.endsWith(` --namespace ${quoted} --file <dump> --shard-key '$x' --repair`), wrong);
  });

  it('calls no difference a failure if files outside of folders were not read', () => {
    for (const keys of [2, 9]) {
      const lake = { kind: 'counted', keys, flatMegabytes: 66 } as const;
      const { outcome, told, fix } = judgeCounts({ ...movies, documents: 5, load: 'done' }, lake);

      const counts = `5 in the collection, ${keys} in the latest state of the lake`;
      assert.deepEqual([outcome, told], ['leftOut', `${counts}, without 66 MB of files outside of folders`]);
      assert.match(fix ?? '', /^npm run verify -- --namespace sample_mflix\.movies /);
    }
  });

  it('leaves a large collection to npm run verify', () => {
    const check = judgeCounts({ ...movies, documents: 5 }, { kind: 'too-large', megabytes: 900 });

    assert.equal(check.outcome, 'leftOut');
    assert.match(check.fix ?? '', /npm run verify/);
  });
});

interface Counts {
  readonly documents: number;
  readonly inLake: number;
  readonly load?: string;
  readonly initialLoads?: unknown;
  readonly files?: Files;
  readonly shards?: number;
}

async function countsOf(t: TestContext, counts: Counts): Promise<Check> {
  const { documents, inLake, load, initialLoads, files, shards = 1 } = counts;
  const { api, app, folder } = await deployedAtlas(t, files);
  const database = countedOperations(app.database, () => undefined);
  app.database.shard('sample_mflix', 'movies', shards);
  for (let _id = 0; _id < documents; _id++) await database.db('sample_mflix').collection('movies').insertOne({ _id });
  if (load !== undefined)
    await database.db('atlas_lake_sync').collection('loads').insertOne({ _id: 'sample_mflix.movies', state: load });
  if (initialLoads !== undefined) app.put('values', { name: 'initialLoads', value: initialLoads });
  const lake = await temporaryLake(t);
  for (let second = 0; second < inLake; second++) {
    const event = insertEvent({ second, db: 'sample_mflix', coll: 'movies' });
    const { path, content } = eventFile(event, { directory: '' });
    await lake.create(path.replace(/^\//, ''), content, 'application/json', never);
  }
  const checking = checkAtlas(api.environment, folder);
  let step = await checking.next();
  while (step.done !== true) step = await checking.next();
  assert(step.value !== undefined);
  return named(await checksOf(checkCounts(step.value, { LAKE_URL: `file:${lake.folder}` })), name);
}
