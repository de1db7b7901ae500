import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { readSettings } from '../../../shared/app/settings.ts';
import { byteGate } from '../../../shared/event-hub/byte-gate.ts';
import type { Invocation } from '../../../shared/event-hub/invocation.ts';
import { isDone, takeMessages } from '../../../shared/event-hub/take-messages.ts';
import type { LakeWriter } from '../../../shared/lake/lake.ts';
import { changeEvents, textOf } from '../../support/change-events.ts';
import { temporaryLake } from '../../support/lakes.ts';

const forever = new AbortController().signal;

describe('takeMessages()', () => {
  it('has not done what it had no time for, and has got on all the same', async (t) => {
    const { lake, receiver } = await receiverWith(t, 1);
    const deadline = new AbortController();
    const slow: LakeWriter = {
      ...lake,
      create: async (...file) => {
        const created = await lake.create(...file);
        deadline.abort(new Error('no time'));
        return created;
      },
    };

    const first = await takeMessages(invocationOf(5), { ...receiver, lake: slow }, deadline.signal);
    const second = await takeMessages(invocationOf(5), receiver, forever);

    assert.deepEqual([first.left, isDone(first)], [4, false]);
    assert.deepEqual(second.events.map(({ outcome }) => outcome).toSorted(), [
      'alreadyStored',
      ...Array(4).fill('stored'),
    ]);
    assert.equal(isDone(second), true);
  });

  it('works on no more bytes at once than it may, over all invocations', async (t) => {
    const { lake, receiver } = await receiverWith(t, 1000);
    let underWay = 0;
    let most = 0;
    const counting: LakeWriter = {
      ...lake,
      create: async (...file) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay--;
        return await lake.create(...file);
      },
    };
    const size = textOf(eventOf(0)).length;
    assert(size > 333 && size < 500);

    const taken = await Promise.all(
      [0, 10, 20].map((first) => takeMessages(invocationOf(6, first), { ...receiver, lake: counting }, forever)),
    );

    assert.equal(most, 2);
    assert(taken.every(isDone));
  });

  it('is not done while a refused message could not be kept', async (t) => {
    const { lake, receiver } = await receiverWith(t, 1000);
    const broken: LakeWriter = { ...lake, create: () => Promise.reject(new Error('no room')) };
    const invocation = { ...invocationOf(0), messages: [messageOf(1, 'no event')] };

    const failed = await takeMessages(invocation, { ...receiver, lake: broken }, forever);
    const kept = await takeMessages(invocation, receiver, forever);

    assert.deepEqual([isDone(failed), failed.events.map(({ outcome }) => outcome)], [false, ['failed']]);
    assert.deepEqual([isDone(kept), kept.events.map(({ outcome }) => outcome)], [true, ['refused']]);
  });
});

async function receiverWith(t: TestContext, maxBytesInFlight: number) {
  const lake = await temporaryLake(t);
  const read = readSettings({ LAKE_URL: `file:${lake.folder}` });
  assert(read.kind === 'valid');
  const settings = { ...read.settings, maxBytesInFlight };
  return { lake, receiver: { settings, lake, gate: byteGate(maxBytesInFlight) } };
}

function eventOf(number: number) {
  return { ...changeEvents.insert, _id: { _data: `82${String(number).padStart(4, '0')}` } };
}

function messageOf(number: number, body: string | Uint8Array) {
  return { body: Buffer.from(body), sequenceNumber: String(number), enqueuedMs: 0, partitionKey: undefined };
}

function invocationOf(count: number, first = 0): Invocation {
  const messages = Array.from({ length: count }, (_, index) =>
    messageOf(first + index, textOf(eventOf(first + index))),
  );
  return { namespace: 'ns', hub: 'hub', consumerGroup: '$Default', partition: String(first), messages };
}
