// delta-rs and DuckDB read the tables of changes, with a checkpoint and without, as Spark does.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { changeRowsIn } from './support/change-rows.ts';
import { changesIn } from './support/model.ts';
import { queryDuckDb, readByDeltaRs } from './support/readers.ts';
import { tellStory } from './support/story.ts';
import { compactTables, tell, temporaryPlaces } from './support/told-lake.ts';

const places = temporaryPlaces();

describe('readers of Delta that are not ours', () => {
  before(async () => {
    for (const wave of tellStory(2).waves) {
      // One commit for a few events: after ten commits there is a checkpoint.
      for (let at = 0; at < wave.length; at += 12) {
        await tell(wave.slice(at, at + 12), places);
        await compactTables(places);
      }
    }
  });

  it('meet a checkpoint', () => {
    const log = readdirSync(join(places.changes('orders'), '_delta_log'));

    assert(log.some((name) => name.endsWith('.checkpoint.parquet')));
  });

  for (const coll of ['orders', 'carts', 'baskets']) {
    it(`give every column of ${coll} as the lines of the lake have it: delta-rs`, async () => {
      const { rows } = await readByDeltaRs(places.changes(coll));

      assert.deepEqual(rows, changeRowsIn(places.lake, 'shop', coll));
    });

    it(`give every column of ${coll} as the lines of the lake have it: DuckDB`, async () => {
      const rows = await queryDuckDb(`FROM delta_scan('${places.changes(coll)}') ORDER BY sequence`);

      assert.deepEqual(rows, changeRowsIn(places.lake, 'shop', coll));
    });
  }

  it('see the schema, the protocol and the partition of the contract', async () => {
    const { types, protocol, partitions } = await readByDeltaRs(places.changes('orders'));

    const texts = ['operationType', 'sequence', 'db', 'coll', 'documentKey', 'data', 'updateDescription', 'rest'];
    assert.deepEqual(types, {
      ...Object.fromEntries(texts.map((name) => [name, 'string'])),
      clusterTime: 'timestamp',
      wallTime: 'timestamp',
      date: 'date',
    });
    assert.deepEqual(protocol, [1, 2]);
    assert.deepEqual(partitions, ['date']);
  });

  it('find a day by its partition', async () => {
    const counted = await queryDuckDb(
      `SELECT date, count(*) AS changes FROM delta_scan('${places.changes('orders')}') GROUP BY date ORDER BY date`,
    );

    const days = Object.groupBy(changesIn(places.lake, 'shop', 'orders'), ({ clusterTime }) =>
      clusterTime.slice(0, 10),
    );
    assert.deepEqual(
      counted,
      Object.entries(days).map(([date, changes]) => ({ date, changes: changes?.length })),
    );
    assert(counted.length > 1);
  });
});
