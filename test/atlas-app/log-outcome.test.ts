import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents } from '../support/change-events.ts';
import { receiptOf } from '../support/scripted-receiver.ts';
import { senderOf } from '../support/sender.ts';

describe('forwardChangeEvent(), what it logs of a refusal', () => {
  const reasons: [reason: string, logged: string][] = [
    ['Cannot read change event: "_id" must be canary', 'Cannot read change event: "_id" must be'],
    ['the document canary is bad', 'the outbox says why'],
    ['{"x-functions-key":"secret"}', 'the outbox says why'],
  ];
  for (const [reason, logged] of reasons) {
    it(`is ${JSON.stringify(logged)} where the receipt says ${JSON.stringify(reason)}`, async (t) => {
      const sender = await senderOf(t);
      sender.receiver.act(receiptOf(['refused'], reason));

      await sender.forward(changeEvents.insert);

      assert.equal(JSON.parse(sender.logs[0] ?? '{}').reason, logged);
      assert.partialDeepStrictEqual(sender.documents('outbox'), [{ state: 'refused', reason }]);
    });
  }
});
