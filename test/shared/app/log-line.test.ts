import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toLogLine } from '../../../shared/app/log-line.ts';
import type { EventOutcome } from '../../../shared/events/event-outcome.ts';
import type { Receipt } from '../../../shared/http/receipt.ts';

const times = { status: 200, startedMs: 10_000, endedMs: 10_025 };

describe('toLogLine()', () => {
  it('describes a delivery in one line of JSON', () => {
    const line = toLogLine(received(stored('insert', 4_000), stored('update', 7_000)), times);

    assert.doesNotMatch(line, /\n/);
    assert.deepEqual(JSON.parse(line), {
      message: 'change events',
      status: 200,
      stored: 2,
      alreadyStored: 0,
      refused: 0,
      failed: 0,
      namespaces: { 'shop.orders': 2 },
      operationTypes: { insert: 1, update: 1 },
      lagMs: 6_025,
      durationMs: 25,
      storageMs: 12,
      bytes: 99,
    });
  });

  it('has the reasons of refused and failed events, and digests of the failed', () => {
    const failed: EventOutcome = { ...stored('insert', 0), outcome: 'failed', fault: 'RestError ServerBusy 503' };
    const refused: EventOutcome = { outcome: 'refused', refusal: { code: 'missing', field: '_id' } };

    const line = JSON.parse(toLogLine(received(failed, refused, refused), times));

    assert.deepEqual(line.faults, { 'RestError ServerBusy 503': 1 });
    assert.deepEqual(line.failedDigests, ['digest']);
    assert.deepEqual(line.reasons, { 'missing _id': 2 });
    assert.equal(line.lagMs, null);
  });

  it('has the reason of a refused delivery', () => {
    assert.partialDeepStrictEqual(JSON.parse(toLogLine({ kind: 'not-authentic', bytes: 5 }, times)), {
      problem: 'not-authentic',
      stored: 0,
      bytes: 5,
    });
  });

  it('contains no path', () => {
    assert.doesNotMatch(toLogLine(received(stored('insert', 0)), times), /canary/);
  });

  it('stays short with many and long names', () => {
    const events = Array.from({ length: 1000 }, (_, index) => stored(`${index}${'x'.repeat(10_000)}`, 0));

    const line = toLogLine(received(...events), times);

    assert(line.length < 5_000);
    assert.equal(JSON.parse(line).operationTypes.others, 980);
  });

  it('knows events without a collection or a namespace', () => {
    const { event, ...rest } = stored('invalidate', 0);

    const line = toLogLine(received({ ...rest, event: { ...event, db: undefined, coll: undefined } }), times);

    assert.deepEqual(JSON.parse(line).namespaces, { '~.~': 1 });
  });
});

function stored(operationType: string, eventMs: number) {
  const event = { operationType, db: 'shop', coll: 'orders', eventMs, digest: 'digest' };
  return { outcome: 'stored', path: 'shop/canary.json', event } as const;
}

function received(...events: EventOutcome[]): Receipt {
  return { kind: 'received', events, bytes: 99, storageMs: 12 };
}
