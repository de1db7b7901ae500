import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { insertOf } from '../support/change-events.ts';
import {
  eventAt,
  eventsFrom,
  keepEntries,
  keepInParts,
  keepPart,
  outboxOf,
  refusedIn,
  sentBy,
  textOfEvent,
  waitingIn,
} from '../support/outbox-entries.ts';
import { receiptOf, storeAll } from '../support/scripted-receiver.ts';
import { timelessAtlas } from '../support/timeless-atlas.ts';

const hourMs = 3_600_000;

describe('drainOutbox(): events in parts', () => {
  it('sends an event of more than 12 MB whole, and leaves nothing of it', async () => {
    const atlas = timelessAtlas();
    const event = insertOf({ _id: 'large', text: 'aé€😀'.repeat(1_300_000) });
    await atlas.buffer(event);
    const partCount = atlas.parts().length;

    await atlas.drain();

    assert.equal(partCount, 2);
    assert(atlas.receiver.told.at(0)?.body === textOfEvent(event), 'sent otherwise than it came');
    assert.deepEqual([...atlas.outbox(), ...atlas.parts()], []);
  });

  it('sends it among others, in its place', async () => {
    const atlas = timelessAtlas();
    await keepEntries(atlas, [eventAt(1), eventAt(3)]);
    await keepInParts(atlas, eventAt(2));

    await atlas.drain();

    assert.deepEqual(sentBy(atlas), [[1, 2, 3]]);
    assert.deepEqual([...atlas.outbox(), ...atlas.parts()], []);
  });

  it('keeps the parts of failed and refused events', async () => {
    const atlas = timelessAtlas();
    for (const number of [1, 2, 3]) await keepInParts(atlas, eventAt(number));
    atlas.receiver.act(receiptOf(['failed', 'refused', 'stored']), storeAll);

    await atlas.drain();
    const partCount = atlas.parts().length;
    atlas.clock.skip(2 * hourMs);
    await atlas.requeue();
    await atlas.drain();

    assert.equal(partCount, 6);
    assert.equal(
      atlas.receiver.told.at(-1)?.body,
      `[${[1, 2].map((number) => textOfEvent(eventAt(number))).join(',')}]`,
    );
  });

  it('keeps an event without all its parts waiting, and sends the others', async () => {
    const atlas = timelessAtlas();
    await keepInParts(atlas, eventAt(1));
    await keepEntries(atlas, eventsFrom(2, 2));
    await outboxOf(atlas, 'parts').deleteOne({});

    await atlas.drain();
    atlas.clock.skip(hourMs);
    await atlas.drain();

    const [entry] = atlas.outbox();
    assert.deepEqual(sentBy(atlas), [[2, 3]]);
    assert.partialDeepStrictEqual(entry, { state: 'waiting', reason: 'its text could not be read', tries: 2 });
    assert.equal(atlas.parts().length, 2);
  });

  it('sends the events after those that cannot be read', async () => {
    const atlas = timelessAtlas({ lakeBatchEvents: 2 });
    for (const number of [1, 2, 3, 4]) await keepInParts(atlas, eventAt(number));
    await keepEntries(atlas, eventsFrom(5, 1));
    await outboxOf(atlas, 'parts').deleteMany({});

    const { result } = await atlas.drain();

    assert.deepEqual(sentBy(atlas), [[5]]);
    assert.deepEqual(waitingIn(atlas), [1, 2, 3, 4]);
    assert.partialDeepStrictEqual(result, { delivered: 1, posts: 1, waiting: 4 });
  });
});

describe('drainOutbox(): parts that no entry names', () => {
  it('go when they are older than an hour', async () => {
    const atlas = timelessAtlas();
    await keepPart(atlas, 'of a keeping that ended half-way');
    atlas.clock.skip(hourMs - 1_000);
    await keepPart(atlas, 'of a keeping that is at work');

    await atlas.drain();
    const before = atlas.parts().length;
    atlas.clock.skip(2_000);
    await atlas.drain();

    assert.equal(before, 2);
    assert.deepEqual(
      atlas.parts().map(({ text }) => text),
      ['of a keeping that is at work'],
    );
  });

  it('are removed while other entries wait or are refused', async () => {
    const atlas = timelessAtlas();
    await keepPart(atlas, 'stray');
    await keepEntries(atlas, eventsFrom(1, 2));
    atlas.receiver.act(receiptOf(['failed', 'refused']), storeAll);
    atlas.clock.skip(2 * hourMs);

    await atlas.drain();

    assert.deepEqual({ waiting: waitingIn(atlas), refused: refusedIn(atlas) }, { waiting: [1], refused: [2] });
    assert.equal(atlas.parts().length, 0);
  });

  it('go while the parts of an event that waits stay, old ones too', async () => {
    const atlas = timelessAtlas();
    await keepPart(atlas, 'stray');
    await keepInParts(atlas, eventAt(2));
    await atlas.buffer(insertOf({ _id: 'large', text: 'x'.repeat(12_500_000) }));
    const named = atlas.outbox().flatMap(({ parts }) => [...Object(parts)].map(String));
    atlas.receiver.act({ status: 500 });
    atlas.clock.skip(2 * hourMs);

    await atlas.drain();

    assert.equal(waitingIn(atlas).length, 2);
    assert.deepEqual(
      atlas
        .parts()
        .map(({ _id }) => String(_id))
        .toSorted(),
      named.toSorted(),
    );
  });
});
