// The jobs of infra/spark over a story that the real receiver wrote, beside the model.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { changesIn, compare, historyOf, latestOf } from './support/model.ts';
import { runJob, sparkTypes, tableRows } from './support/spark.ts';
import { tellStory } from './support/story.ts';
import { tell, temporaryFolder } from './support/told-lake.ts';

const folder = temporaryFolder();
const lake = join(folder, 'lake');
const tables = join(folder, 'tables');
const collections = ['orders', 'carts', 'baskets'];
const changesOf = (coll: string) => join(tables, 'shop', coll);
const target = (kind: string, coll: string) => join(folder, kind, coll);

describe('the jobs of infra/spark', () => {
  // Each wave is received, compacted and followed: so late events, repeats and new fields meet tables that are there.
  before(async () => {
    for (const wave of tellStory(1).waves) {
      await tell(wave, lake);
      await runJob('compact', '--lake', lake, '--tables', tables);
      for (const coll of collections) await followAll(coll);
    }
  });

  for (const coll of collections) {
    it(`keep each event of ${coll} once in the table of changes, byte for byte`, async () => {
      const rows = await tableRows(changesOf(coll), 'sequence');

      const changes = changesIn(lake, 'shop', coll);
      assert.deepEqual(
        rows.map(({ operationType, sequence, documentKey, data, clusterTime }) => ({
          operationType,
          sequence,
          documentKey,
          data,
          clusterTime,
        })),
        changes.map(({ operationType, sequence, key, document, clusterTime }) => ({
          operationType,
          sequence,
          documentKey: key ?? null,
          data: document ?? null,
          clusterTime,
        })),
      );
      assert(changes.length > 5);
    });

    it(`keep the newest state of ${coll}`, async () => {
      const rows = await tableRows(target('latest', coll), '_key');

      const wanted = latestOf(changesIn(lake, 'shop', coll));
      assert.deepEqual(
        rows.map(({ _key, _sequence, _data, _clusterTime }) => ({ _key, _sequence, _data, _clusterTime })),
        wanted
          .map(({ _key, _sequence, _data, _valid_from }) => ({ _key, _sequence, _data, _clusterTime: _valid_from }))
          .toSorted((one, other) => compare(one._key, other._key)),
      );
    });

    it(`keep the history of ${coll}`, async () => {
      const rows = await tableRows(target('history', coll), '_sequence');

      assert.deepEqual(
        rows.map(({ _key, _sequence, _data, _valid_from, _valid_to }) => ({
          _key,
          _sequence,
          _data,
          _valid_from,
          _valid_to,
        })),
        historyOf(changesIn(lake, 'shop', coll)),
      );
      for (const { _valid_to, _is_current } of rows) assert.equal(_is_current, _valid_to === null);
    });
  }

  it('type the fields of documents', async () => {
    const types = await sparkTypes(target('latest', 'orders'));

    assert.deepEqual(types, {});
  });
});

async function followAll(coll: string): Promise<void> {
  for (const kind of ['latest', 'history']) {
    const checkpoint = join(folder, 'checkpoints', kind, coll);
    const places = ['--changes', changesOf(coll), '--target', target(kind, coll), '--checkpoint', checkpoint];
    try {
      await runJob(kind, ...places);
    } catch (error) {
      // The collection comes later in the story.
      if (!(error instanceof Error && error.message.startsWith('Cannot follow changes'))) throw error;
    }
  }
}
