import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents } from '../support/change-events.ts';
import { senderOf } from '../support/sender.ts';

const event = changeEvents.insert;

describe('forwardChangeEvent(): values of the app that name no receiver', () => {
  for (const url of [undefined, '', 'lake.test/api/change-events', 'ftp://lake.test', { url: 'https://lake.test' }]) {
    it(`keep the event without a try, and name lakeReceiverUrl: ${JSON.stringify(url)}`, async (t) => {
      const sender = await senderOf(t, { lakeReceiverUrl: url });

      const answer = await sender.forward(event);

      const reason = 'the value lakeReceiverUrl must be the address of the receiver';
      assert.partialDeepStrictEqual(answer, { outcome: 'kept', reason });
      assert.partialDeepStrictEqual(sender.documents('outbox'), [{ state: 'waiting', reason }]);
      assert.equal(sender.tries.length, 0);
    });
  }

  for (const url of [
    'http://lake.test/api/change-events',
    'http://10.0.0.4/api/change-events',
    'HTTP://lake.test',
    'http://localhost@lake.test/',
    'http://localhost.lake.test/',
    'http://127.0.0.1.lake.test/',
  ]) {
    it(`keep the event, and send it to no other machine in clear text: ${url}`, async (t) => {
      const sender = await senderOf(t, { lakeReceiverUrl: url });

      const answer = await sender.forward(event);

      const reason = 'the value lakeReceiverUrl must begin with https://';
      assert.partialDeepStrictEqual(answer, { outcome: 'kept', reason });
      assert.partialDeepStrictEqual(sender.documents('outbox'), [{ state: 'waiting', reason }]);
      assert.equal(sender.tries.length, 0);
    });
  }

  for (const secret of ['c2VjcmV0', 'whsec_', 'whsec_not base64', 'whsec_c2VjcmV0 whsec_c2VjcmV0', 'WHSEC_c2VjcmV0']) {
    it(`keep the event without a try, and name lakeSigningSecret: ${JSON.stringify(secret)}`, async (t) => {
      const sender = await senderOf(t, { lakeSigningSecret: secret });

      const answer = await sender.forward(event);

      const reason = 'the value lakeSigningSecret must be a whsec_ secret';
      assert.partialDeepStrictEqual(answer, { outcome: 'kept', reason });
      assert.partialDeepStrictEqual(sender.documents('outbox'), [{ state: 'waiting', reason }]);
      assert.equal(sender.tries.length, 0);
    });
  }

  it('throw if the event cannot be kept either, and name both faults', async (t) => {
    const sender = await senderOf(t, { lakeReceiverUrl: '' });
    sender.disturb((operation) => (operation === 'write' ? Promise.reject(new Error('not primary')) : undefined));

    await assert.rejects(
      sender.forward(event),
      /the outbox must be writable: not primary; .*: the value lakeReceiverUrl/,
    );
  });
});

describe('forwardChangeEvent(): the data source', () => {
  it('may have another name, set by lakeDataSource', async (t) => {
    const sender = await senderOf(t, { lakeDataSource: ' Cluster0 ' }, undefined, 'Cluster0');
    sender.receiver.act({ status: 500 });

    const { outcome } = await sender.forward(event);

    assert.deepEqual([outcome, sender.documents('outbox').length], ['kept', 1]);
  });

  for (const name of ['', undefined]) {
    it(`is mongodb-atlas if lakeDataSource is ${JSON.stringify(name)}`, async (t) => {
      const sender = await senderOf(t, { lakeDataSource: name });
      sender.receiver.act({ status: 500 });

      const { outcome } = await sender.forward(event);

      assert.deepEqual([outcome, sender.documents('outbox').length], ['kept', 1]);
    });
  }

  it('that does not exist does not stop a healthy receiver', async (t) => {
    const sender = await senderOf(t, { lakeDataSource: 'Cluster0' });

    const { outcome } = await sender.forward(event);

    assert.equal(outcome, 'delivered');
  });

  it('that does not exist is named if the event must be kept', async (t) => {
    const sender = await senderOf(t, { lakeDataSource: 'Cluster0' });
    sender.receiver.act({ status: 500 });

    await assert.rejects(
      sender.forward(event),
      /: the value lakeDataSource must name a data source of this app; of the receiver: answered 500$/,
    );

    assert.equal(sender.tries.length, 3);
  });
});
