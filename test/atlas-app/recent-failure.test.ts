import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { changeEvents, tokenOf } from '../support/change-events.ts';
import { receiptOf } from '../support/scripted-receiver.ts';
import { type Sender, senderOf } from '../support/sender.ts';

const reason = 'the receiver failed less than a minute ago: answered 503';

describe('forwardChangeEvent(): an outage does not hold up the events after the first', () => {
  it('keeps an event at once while one waits that failed less than a minute ago', async (t) => {
    const sender = await afterFailure(t);
    sender.clock.skip(58_000);
    const began = sender.clock.now();

    const answer = await sender.forward(changeEvents.update);

    const [, entry] = sender.documents('outbox');
    assert.partialDeepStrictEqual(answer, { outcome: 'kept', reason });
    assert.deepEqual([sender.tries.length, sender.clock.now()], [2, began]);
    assert.partialDeepStrictEqual(entry, { _id: tokenOf(2), state: 'waiting', reason, tries: 0, parts: [] });
    assert.equal(entry?.['failedAt'], undefined);
    assert.equal(entry?.['text'], JSON.stringify(changeEvents.update));
  });

  it('tries again after a minute, and notices that the receiver is back', async (t) => {
    const sender = await afterFailure(t);
    sender.receiver.act(receiptOf(['stored']));
    sender.clock.skip(61_000);

    const { outcome } = await sender.forward(changeEvents.update);

    assert.deepEqual([outcome, sender.tries.length], ['delivered', 3]);
    assert.equal(sender.documents('outbox').length, 1);
  });

  it('keeps events for another minute when that try fails too', async (t) => {
    const sender = await afterFailure(t);
    sender.clock.skip(61_000);
    await sender.forward(changeEvents.update);

    const { outcome } = await sender.forward(changeEvents.replace);

    assert.deepEqual([outcome, sender.tries.length], ['kept', 4]);
  });

  it('does not count an event that it kept without a try as a failure', async (t) => {
    const sender = await afterFailure(t);
    sender.clock.skip(40_000);
    await sender.forward(changeEvents.update);
    sender.clock.skip(21_000);

    await sender.forward(changeEvents.replace);

    assert.equal(sender.tries.length, 4);
  });

  it('tries if nothing waits', async (t) => {
    const sender = await afterFailure(t);
    await sender.collection('outbox').deleteMany({});
    sender.receiver.act(receiptOf(['stored']));

    const { outcome } = await sender.forward(changeEvents.update);

    assert.deepEqual([outcome, sender.tries.length], ['delivered', 3]);
  });

  it('tries if all kept events were refused', async (t) => {
    const sender = await afterFailure(t);
    await sender.collection('outbox').updateMany({}, { $set: { state: 'refused' } });
    sender.receiver.act(receiptOf(['stored']));

    const { outcome } = await sender.forward(changeEvents.update);

    assert.deepEqual([outcome, sender.tries.length], ['delivered', 3]);
  });

  it('reads the mark while it prepares the post: one read for a delivered event', async (t) => {
    const steps: string[] = [];
    const sender = await senderOf(t);
    sender.disturb((operation, collection) => {
      steps.push(`${operation} ${collection}`);
      return undefined;
    });

    await sender.forward(changeEvents.insert);

    assert.deepEqual(steps, ['read marks']);
  });
});

/** A receiver that is down, and one event that waits for it. */
async function afterFailure(t: TestContext): Promise<Sender> {
  const sender = await senderOf(t);
  sender.receiver.act({ status: 503 });
  await sender.forward(changeEvents.insert);
  return sender;
}
