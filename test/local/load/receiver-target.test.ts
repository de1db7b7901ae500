import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LoadStopped } from '../../../local/load/load-target.ts';
import { receiverTarget } from '../../../local/load/receiver-target.ts';
import { isAuthentic } from '../../../shared/http/signature.ts';
import { secretKey, signatureIn } from '../../support/deliveries.ts';
import { never } from '../../support/never.ts';
import { receiptOf, type ScriptedReceiver, scriptedReceiver } from '../../support/scripted-receiver.ts';

const events = ['{"n":1}', '{"n":2}', '{"n":3}'].map((text) => Buffer.from(text));

describe('receiverTarget()', () => {
  it('posts the events as one signed array, with the function key', async (t) => {
    const receiver = await scriptedReceiver(t);

    const outcomes = await targetOf(receiver).deliver(events, never);

    const [told] = receiver.told;
    assert.deepEqual(outcomes, [{ outcome: 'stored' }, { outcome: 'stored' }, { outcome: 'stored' }]);
    assert.deepEqual(told?.events, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    assert.equal(told?.headers['x-functions-key'], 'the-key');
    assert(isAuthentic(Buffer.from(told?.body ?? ''), signatureIn(told?.headers), [secretKey], new Date()));
  });

  it('repeats the whole request while the receiver asks for it', async (t) => {
    const receiver = await scriptedReceiver(t);
    receiver.act(
      receiptOf(['stored', 'failed', 'stored']),
      'reset',
      { status: 429 },
      receiptOf(['alreadyStored', 'stored', 'alreadyStored']),
    );

    const outcomes = await targetOf(receiver).deliver(events, never);

    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['alreadyStored', 'stored', 'alreadyStored'],
    );
    assert.equal(receiver.told.length, 4);
  });

  it('stops when the receiver asks for it too often', async (t) => {
    const receiver = await scriptedReceiver(t);
    receiver.act({ status: 503 });

    await assert.rejects(targetOf(receiver).deliver(events, never), LoadStopped);
    assert.equal(receiver.told.length, 6);
  });

  it('halves a request that is too large, and refuses the document that no request can carry', async (t) => {
    const receiver = await scriptedReceiver(t);
    receiver.act((told) =>
      told.body.includes('{"n":2}') ? { status: 413 } : receiptOf(told.events.map(() => 'stored')),
    );

    const outcomes = await targetOf(receiver).deliver(events, never);

    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['stored', 'refused', 'stored'],
    );
  });

  for (const [name, type, limit] of [
    ['events', 'too-many-events', 4],
    ['bytes', 'body-too-large', '[{"n":1},{"n":1},{"n":1},{"n":1}]'.length],
  ] as const)
    it(`keeps to the most ${name} that the receiver names, also later`, async (t) => {
      const receiver = await scriptedReceiver(t);
      const problem = JSON.stringify({ type: `urn:atlas-lake-sync:problem:${type}`, limit });
      receiver.act((told) =>
        told.events.length > 4 ? { status: 413, body: problem } : receiptOf(told.events.map(() => 'stored')),
      );
      const target = targetOf(receiver);
      const nine = Array.from({ length: 9 }, () => Buffer.from('{"n":1}'));

      for (const outcomes of [await target.deliver(nine, never), await target.deliver(nine, never)])
        assert.deepEqual(outcomes, Array(9).fill({ outcome: 'stored' }));

      assert.deepEqual(
        receiver.told.map((told) => told.events.length),
        [9, 4, 4, 1, 4, 4, 1],
      );
    });

  it('hands on the reason of a refusal', async (t) => {
    const receiver = await scriptedReceiver(t);
    receiver.act(receiptOf(['stored', 'refused', 'stored'], 'the reason'));

    const outcomes = await targetOf(receiver).deliver(events, never);

    assert.deepEqual(outcomes[1], { outcome: 'refused', reason: 'the reason' });
  });

  for (const status of [401, 403, 404, 302]) {
    it(`stops at once at a ${status}`, async (t) => {
      const receiver = await scriptedReceiver(t);
      receiver.act({ status });

      await assert.rejects(targetOf(receiver).deliver(events, never), LoadStopped);
      assert.equal(receiver.told.length, 1);
    });
  }

  for (const body of ['<html>', '{}', JSON.stringify({ events: [{ outcome: 'stored' }] })]) {
    it(`does not believe a 200 with ${body}`, async (t) => {
      const receiver = await scriptedReceiver(t);
      receiver.act({ status: 200, body });

      await assert.rejects(targetOf(receiver).deliver(events, never), /must answer with a receipt/);
    });
  }
});

function targetOf({ url }: ScriptedReceiver) {
  const access = { url: new URL(url), key: 'the-key', secret: secretKey };
  return receiverTarget(access, [0, 0, 0, 0, 0]);
}
