import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents, withField, withoutField } from '../support/change-events.ts';
import { senderOf } from '../support/sender.ts';

describe('forwardChangeEvent(): an argument that is no event of a watched collection', () => {
  const own = withField(changeEvents.insert, 'ns', { db: 'atlas_lake_sync', coll: 'outbox' });
  for (const argument of [own, 'Hello world!', '', 5, true, null, undefined]) {
    it(`is ignored, without a request or a database call: ${JSON.stringify(argument)?.slice(0, 40)}`, async (t) => {
      const sender = await senderOf(t);

      const { result, operations } = await sender.invoke(argument);

      assert.deepEqual({ ...Object(result) }, { outcome: 'ignored' });
      assert.deepEqual([operations, sender.receiver.told, sender.logs], [0, [], []]);
    });
  }

  for (const db of ['atlas_lake_sync_2', 'Atlas_lake_sync', undefined]) {
    it(`does not ignore an event of the database ${db}`, async (t) => {
      const sender = await senderOf(t);

      const { outcome } = await sender.forward(withField(changeEvents.insert, 'ns', { db, coll: 'outbox' }));

      assert.equal(outcome, 'delivered');
    });
  }
});

describe('forwardChangeEvent(): an event that lacks something', () => {
  for (const [name, event] of Object.entries({
    'no namespace': withoutField(changeEvents.insert, 'ns'),
    'no operation type': withoutField(changeEvents.insert, 'operationType'),
    'no token': withoutField(changeEvents.insert, '_id'),
    'no text as token': withField(changeEvents.insert, '_id', { _data: { $numberInt: '5' } }),
    'nothing at all': {},
  })) {
    it(`is still posted: ${name}`, async (t) => {
      const sender = await senderOf(t);

      const { outcome } = await sender.forward(event);

      assert.equal(outcome, 'delivered');
      assert.equal(sender.receiver.told[0]?.body, JSON.stringify(event));
      assert.match(String(sender.receiver.told[0]?.headers['webhook-id']), /^evt_[0-9a-f]{32}$/);
    });
  }
});
