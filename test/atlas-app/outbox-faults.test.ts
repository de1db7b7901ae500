import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { changeEvents, insertOf, tokenOf } from '../support/change-events.ts';
import { now } from '../support/deliveries.ts';
import { type Act, receiptOf } from '../support/scripted-receiver.ts';
import { type Disturbance, once, type Sender, senderOf } from '../support/sender.ts';

const event = changeEvents.insert;
const down: Act = { status: 500 };
const stored = receiptOf(['stored']);

const failing = () => Promise.reject(new Error('not primary'));
const hanging = () => new Promise(() => undefined);
/** The cluster has done the operation, but its answer is lost. */
const losingAnswer = async (run: () => Promise<unknown>) => {
  await run();
  throw new Error('connection reset');
};

for (const [how, fault] of [
  ['throws', failing],
  ['never answers', hanging],
] as const) {
  const reads: Disturbance = (operation) => (operation === 'read' ? fault() : undefined);
  const writes: Disturbance = (operation) => (operation === 'write' ? fault() : undefined);

  describe(`forwardChangeEvent(): an outbox that ${how}`, () => {
    it('when it is read does not stop a healthy receiver', async (t) => {
      const sender = await disturbed(t, reads, [stored]);

      const { outcome } = await sender.forward(event);

      assert.deepEqual([outcome, sender.tries.length], ['delivered', 1]);
      assert(sender.clock.now() - now.getTime() <= 2000);
    });

    it('when the waiting events are counted does not stop a healthy receiver', async (t) => {
      const sender = await disturbed(t, () => undefined, [down]);
      await sender.forward(changeEvents.update);
      sender.disturb((operation, name) => (operation === 'read' && name === 'outbox' ? fault() : undefined));
      sender.receiver.act(stored);

      const { outcome } = await sender.forward(event);

      assert.deepEqual([outcome, sender.tries.length], ['delivered', 3]);
    });

    it('when it is read still keeps the event', async (t) => {
      const sender = await disturbed(t, reads, [down]);

      const { outcome } = await sender.forward(event);

      assert.deepEqual([outcome, sender.documents('outbox').length], ['kept', 1]);
    });

    it('when it is written is not needed if the receiver takes the third post', async (t) => {
      const sender = await disturbed(t, writes, [down, down, stored, down]);

      const { outcome } = await sender.forward(event);

      assert.deepEqual([outcome, sender.tries.length], ['delivered', 3]);
    });

    it('when it is written throws after the third post, and says what must be fixed', async (t) => {
      const sender = await disturbed(t, writes, [down]);

      await assert.rejects(
        sender.forward(event),
        /^Error: Cannot keep event [0-9a-f]{16}: the outbox must be writable: .+; of the receiver: answered 500$/,
      );

      assert.equal(sender.tries.length, 3);
      assert(sender.clock.now() - now.getTime() < 200_000, 'well before Atlas ends it');
    });

    it('when it is written throws for a refused event after a second post', async (t) => {
      const sender = await disturbed(t, writes, [{ status: 413 }]);

      await assert.rejects(sender.forward(event), /of the receiver: answered 413$/);

      assert.equal(sender.tries.length, 2);
    });

    it('when it is marked still keeps the event', async (t) => {
      const sender = await disturbed(t, (_, collection) => (collection === 'marks' ? fault() : undefined), [down]);

      const { outcome } = await sender.forward(event);

      assert.deepEqual([outcome, sender.documents('outbox').length], ['kept', 1]);
    });
  });
}

describe('forwardChangeEvent(): an outbox with a passing fault', () => {
  it('is written a second time after a pause', async (t) => {
    const sender = await disturbed(t, once('write', 'outbox', failing), [down]);

    const { outcome } = await sender.forward(event);

    assert.deepEqual([outcome, sender.tries.length], ['kept', 2]);
    assert.equal(sender.documents('outbox').length, 1);
  });

  it('keeps an event once after a lost answer', async (t) => {
    const sender = await disturbed(t, once('write', 'outbox', losingAnswer), [down]);

    const { outcome } = await sender.forward(event);

    assert.deepEqual([outcome, sender.tries.length], ['kept', 2]);
    assert.deepEqual(
      sender.documents('outbox').map(({ _id }) => _id),
      [tokenOf(1)],
    );
  });

  it('keeps an event without a token once after a lost answer', async (t) => {
    const sender = await disturbed(t, once('write', 'outbox', losingAnswer), [down]);

    await sender.forward({ fullDocument: {} });

    assert.equal(sender.documents('outbox').length, 1);
  });

  it('keeps one entry if another invocation keeps the event at the same moment', async (t) => {
    const other = { _id: tokenOf(1), state: 'waiting', reason: 'of the other', parts: [], text: 'of the other' };
    const sender = await disturbed(t, () => undefined, [down]);
    sender.disturb(
      once('write', 'outbox', async (run) => {
        await sender.collection('outbox').insertOne(other);
        return await run();
      }),
    );

    const { outcome } = await sender.forward(event);

    assert.deepEqual([outcome, sender.documents('outbox')], ['kept', [other]]);
  });

  it('keeps one entry of events that come at once', async (t) => {
    const sender = await disturbed(t, () => undefined, [down]);

    const answers = await Promise.all([event, insertOf({ newer: true }), event].map(sender.forward));

    assert.deepEqual(
      answers.map(({ outcome }) => outcome),
      ['kept', 'kept', 'kept'],
    );
    assert.equal(sender.documents('outbox').length, 1);
  });
});

async function disturbed(t: TestContext, by: Disturbance, acts: Act[]): Promise<Sender> {
  const sender = await senderOf(t);
  sender.disturb(by);
  sender.receiver.act(...acts);
  return sender;
}
