import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents } from '../support/change-events.ts';
import { receiptOf } from '../support/scripted-receiver.ts';
import { senderOf } from '../support/sender.ts';

describe('forwardChangeEvent(): the log line of a refusal', () => {
  const refusals: [members: object, logged: string][] = [
    [{ code: 'missing', field: 'operationType' }, 'missing: operationType'],
    [{ code: 'too-long', field: '_id._data' }, 'too-long: _id._data'],
    [{ code: 'malformed' }, 'malformed'],
    [{ code: 'malformed', field: 'canary' }, 'malformed'],
    [{ code: 'the canary', field: '_id' }, 'the outbox says why'],
    [{ code: { canary: 1 } }, 'the outbox says why'],
    // An old receiver without codes.
    [{}, 'the outbox says why'],
  ];
  for (const [members, logged] of refusals) {
    it(`is ${JSON.stringify(logged)} if the receipt says ${JSON.stringify(members)}`, async (t) => {
      const sender = await senderOf(t);
      const reason = 'Cannot read change event: canary';
      sender.receiver.act(receiptOf(['refused'], reason, members));

      await sender.forward(changeEvents.insert);

      assert.equal(JSON.parse(sender.logs[0] ?? '{}').reason, logged);
      assert.partialDeepStrictEqual(sender.documents('outbox'), [{ state: 'refused', reason }]);
    });
  }

  it('is one line, for every line ending that log readers know', async (t) => {
    const sender = await senderOf(t);
    const name = 'a\u2028b\u2029c\u0085d\u009be';

    await sender.forward({ ...changeEvents.insert, ns: { db: name, coll: name } });

    const [line = ''] = sender.logs;
    assert.doesNotMatch(line, /[\u007f-\u009f\u2028\u2029]/);
    assert.equal(JSON.parse(line).namespace, `${name}.${name}`);
  });
});
