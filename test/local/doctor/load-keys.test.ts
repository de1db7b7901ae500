import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { countInLake } from '../../../local/doctor/counts/lake-counts.ts';
import { digestOf, tokenOf } from '../../../local/load/snapshot-token.ts';
import { openPlaces } from '../../../local/query/open-places.ts';
import { folderWriter } from '../../../shared/lake/folder/folder-writer.ts';
import { type EventFields, eventSeconds } from '../../support/change-events.ts';
import { storeEvents, type Told, toldEvent } from '../../support/lake-story.ts';
import { temporaryFolder } from '../../support/lakes.ts';
import { never } from '../../support/never.ts';

const plain = { _id: 1 };
const sharded = { region: 'eu', _id: 1 };
const loadLacksKey = { ofLoad: ['_id'], ofChanges: ['region', '_id'] };

describe('the document keys of a load and of change events', () => {
  it('differ if the load lacks the shard key, until the collection is dropped', async (t) => {
    const differing = await differingOf(t);

    assert.equal(await differing(snapshot(0, plain)), undefined);
    assert.equal(await differing(change(1, plain), change(2, { region: 'eu', _id: 2 })), undefined);
    assert.deepEqual(await differing(change(3, sharded)), loadLacksKey);
    const drop = toldEvent({ operationType: 'drop', db: 'shop', coll: 'orders', second: 4, increment: 1 });
    assert.equal(await differing(drop, change(5, sharded)), undefined);
  });

  it('differ if the load has a shard key that the collection lacks', async (t) => {
    const differing = await differingOf(t);

    const found = await differing(snapshot(0, sharded), change(1, plain));

    assert.deepEqual(found, { ofLoad: ['region', '_id'], ofChanges: ['_id'] });
  });

  for (const [what, ...events] of [
    ['a restart and a repair', snapshot(2, sharded), repairDelete(3, plain)],
    ['a repair alone', repairDelete(3, plain)],
  ] as const)
    it(`agree again after ${what}`, async (t) => {
      const differing = await differingOf(t);
      assert.deepEqual(await differing(snapshot(0, plain), change(1, sharded)), loadLacksKey);

      assert.equal(await differing(...events), undefined);
    });

  it('agree if only a repair deleted the keys of an earlier load', async (t) => {
    const withoutChange = await differingOf(t);
    assert.equal(await withoutChange(snapshot(0, plain), snapshot(2, sharded), repairDelete(3, plain)), undefined);

    const withChange = await differingOf(t);
    const events = [snapshot(0, sharded), change(1, plain), snapshot(2, plain), repairDelete(3, sharded)];
    assert.equal(await withChange(...events), undefined);
  });

  it('agree if a document gets a field of the shard key after the load', async (t) => {
    const differing = await differingOf(t);
    const other = snapshot(0, { region: 'us', _id: 2 });

    assert.equal(await differing(snapshot(0, plain), other, change(1, sharded)), undefined);
  });

  it('agree if a document loses a field of the shard key after the load', async (t) => {
    const differing = await differingOf(t);

    assert.equal(await differing(snapshot(0, sharded), change(1, sharded), change(2, plain)), undefined);
  });
});

/** Adds events to a lake, and finds the document keys that differ then. */
async function differingOf(t: TestContext) {
  const folder = join(await temporaryFolder(t), 'lake');
  const places = await openPlaces({ LAKE_URL: `file:${folder}` }, 'count');
  return async (...events: EventFields[]) => {
    await storeEvents(folderWriter(folder), [events]);
    const [count] = await countInLake([{ database: 'shop', collection: 'orders' }], places, never);
    return count?.kind === 'counted' ? count.differing : count;
  };
}

/** The event of a load or a repair whose T0 is this second. */
function snapshot(second: number, documentKey: object): EventFields {
  return { ...event('insert', second, documentKey), _id: tokenAt(second, documentKey), snapshot: true };
}

function repairDelete(second: number, documentKey: object): EventFields {
  return { ...event('delete', second, documentKey), _id: tokenAt(second, documentKey) };
}

function change(second: number, documentKey: object): EventFields {
  return event('update', second, documentKey);
}

function event(operationType: Told['operationType'], second: number, documentKey: object): EventFields {
  const fields = { region: 'eu' };
  return {
    ...toldEvent({ operationType, db: 'shop', coll: 'orders', id: 1, fields, second, increment: 1 }),
    documentKey,
  };
}

function tokenAt(second: number, documentKey: object) {
  return { _data: tokenOf(eventSeconds + second, digestOf(Buffer.from(JSON.stringify(documentKey)))) };
}
