import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents, withoutField } from '../support/change-events.ts';
import { eventAt, eventsFrom, keepEntries, keepInParts, refusedIn, sentBy } from '../support/outbox-entries.ts';
import { receiptOf, storeAll } from '../support/scripted-receiver.ts';
import { timelessAtlas } from '../support/timeless-atlas.ts';

describe('requeueRefused()', () => {
  it('makes refused events ready to be sent at once, and returns their number', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 3), { tries: 2 });
    await keepInParts(atlas, eventAt(4));
    atlas.receiver.act(receiptOf(['refused', 'stored', 'refused', 'refused']), storeAll);
    await atlas.drain();

    const { logs } = await atlas.requeue();
    const drained = await atlas.drain();

    assert.deepEqual(logs, [JSON.stringify({ function: 'requeueRefused', requeued: 3 })]);
    assert.partialDeepStrictEqual(drained.result, { delivered: 3, waiting: 0, refused: 0 });
    assert.deepEqual([...atlas.outbox(), ...atlas.parts()], []);
  });

  it('sends an event at once, with the others, even if it failed often before it was refused', async () => {
    const atlas = timelessAtlas();
    const inTenMinutes = new Date(atlas.clock.now() + 600_000);
    await keepEntries(atlas, eventsFrom(1, 1), { state: 'refused', tries: 20, dueAt: inTenMinutes });
    await keepEntries(atlas, eventsFrom(2, 2));

    await atlas.requeue();
    await atlas.drain();

    assert.deepEqual(sentBy(atlas), [[1, 2, 3]]);
  });

  it('leaves waiting events as they are', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, eventsFrom(1, 2));
    atlas.receiver.act('reset');
    await atlas.drain();
    const before = atlas.outbox();

    const { result } = await atlas.requeue();

    assert.partialDeepStrictEqual(result, { requeued: 0 });
    assert.deepEqual(atlas.outbox(), before);
  });

  it('marks events again that are refused again', async () => {
    const atlas = timelessAtlas();
    atlas.receiver.act(receiptOf(['refused'], 'no time'), receiptOf(['refused'], 'still no time'));
    await atlas.forward(withoutField(changeEvents.insert, 'clusterTime'));

    await atlas.requeue();
    await atlas.drain();

    assert.deepEqual(refusedIn(atlas), [1]);
    assert.equal(atlas.outbox().at(0)?.['reason'], 'still no time');
    assert.equal(sentBy(atlas).length, 2);
  });
});
