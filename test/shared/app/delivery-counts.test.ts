import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countDeliveries } from '../../../shared/app/delivery-counts.ts';
import type { EventOutcome, EventTrace } from '../../../shared/events/event-outcome.ts';
import type { Receipt } from '../../../shared/http/receipt.ts';

const trace: EventTrace = { operationType: 'insert', db: 'shop', coll: 'orders', eventMs: 1_000, digest: 'abc' };
const stored: EventOutcome = { outcome: 'stored', path: 'shop/orders/1.json', event: trace };

describe('countDeliveries()', () => {
  it('counts outcomes, also by namespace, and rejected deliveries', () => {
    const counts = countDeliveries(0, false);

    counts.note(received([stored, { outcome: 'failed', event: trace, fault: 'Error' }]), 5_000);
    counts.note(received([{ outcome: 'alreadyStored', path: 'p', event: { ...trace, coll: undefined } }]), 5_000);
    counts.note({ kind: 'not-authentic', bytes: 3 }, 5_000);

    const { deliveries, events, namespaces, problems } = counts.read();
    assert.equal(deliveries, 3);
    assert.deepEqual(events, { stored: 1, alreadyStored: 1, refused: 0, failed: 1 });
    assert.deepEqual(namespaces, [
      { db: 'shop', coll: 'orders', stored: 1, alreadyStored: 0, refused: 0, failed: 1 },
      { db: 'shop', coll: undefined, stored: 0, alreadyStored: 1, refused: 0, failed: 0 },
    ]);
    assert.deepEqual(problems, { 'not-authentic': 1 });
  });

  it('counts the events of a delivery with too much text, and its problem', () => {
    const counts = countDeliveries(0, false);
    const failed: EventOutcome = { outcome: 'failed', event: trace, fault: 'TextTooLarge' };

    counts.note({ kind: 'text-too-large', events: [stored, failed], bytes: 9, storageMs: 1 }, 5_000);

    const { deliveries, events, problems } = counts.read();
    assert.deepEqual([deliveries, events], [1, { stored: 1, alreadyStored: 0, refused: 0, failed: 1 }]);
    assert.deepEqual(problems, { 'text-too-large': 1 });
  });

  it('counts events from an event hub too', () => {
    const counts = countDeliveries(0, false);

    counts.noteEvents([stored, { outcome: 'refused', refusal: { code: 'not-json', field: '' } }], 5_000);

    const { deliveries, events, problems } = counts.read();
    assert.deepEqual([deliveries, events], [1, { stored: 1, alreadyStored: 0, refused: 1, failed: 0 }]);
    assert.deepEqual(problems, {});
  });

  it('keeps no arrivals, and so no path, by default', () => {
    const counts = countDeliveries(0, false);

    counts.note(received([stored]), 5_000);

    assert.deepEqual(counts.read().arrivals, []);
  });

  it('keeps the latest 50 arrivals, the newest first', () => {
    const counts = countDeliveries(0, true);

    for (let at = 0; at < 60; at++) counts.note(received([stored]), at);

    const { arrivals } = counts.read();
    assert.equal(arrivals.length, 50);
    assert.partialDeepStrictEqual(arrivals[0], { atMs: 59, outcome: 'stored', path: 'shop/orders/1.json' });
  });

  it('limits the number of namespaces', () => {
    const counts = countDeliveries(0, false);

    for (let name = 0; name < 3_000; name++)
      counts.note(received([{ ...stored, event: { ...trace, coll: `c${name}` } }]), 0);

    assert.equal(counts.read().namespaces.length, 1_000);
    assert.equal(counts.read().events.stored, 3_000);
  });
});

function received(events: readonly EventOutcome[]): Receipt {
  return { kind: 'received', events, bytes: 1, storageMs: 1 };
}
