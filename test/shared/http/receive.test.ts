import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type Receiver, receive } from '../../../shared/http/receive.ts';
import type { LakeWriter } from '../../../shared/lake/lake.ts';
import { changeEvents, textOf, tokenOf, withField, withoutField } from '../../support/change-events.ts';
import { deliveryOf, now, receiverWith, secret, signedDeliveryOf } from '../../support/deliveries.ts';
import { failing, hanging, temporaryLake } from '../../support/lakes.ts';
import { eventsOf, outcomesOf } from '../../support/receipts.ts';

const insert = textOf(changeEvents.insert);
const broken = new Error('Cannot reach the lake');

describe('receive(): no acknowledgement before the file is durable', () => {
  it('reports an event as stored only when its file is in the lake', async (t) => {
    const lake = await temporaryLake(t);

    const [event] = eventsOf(await receive(deliveryOf(insert), receiverWith(lake), now));

    assert(event?.outcome === 'stored');
    assert.deepEqual([...(await lake.files()).keys()], [event.path]);
  });

  it('reports an event as failed if its write throws, and stores the others', async (t) => {
    const lake = await temporaryLake(t);
    const receiver = receiverWith(failing(lake, (path) => (path.includes('0000000002') ? broken : undefined)));

    const receipt = await receive(deliveryOf(batchOf(3)), receiver, now);

    assert.deepEqual(outcomesOf(receipt), ['stored', 'failed', 'stored']);
    assert.equal((await lake.files()).size, 2);
  });

  it('reports events as failed if their writes hang, and ends within 25 s', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const receiver = receiverWith(hanging(await temporaryLake(t)), { WRITE_CONCURRENCY: '1' });

    const receiving = receive(deliveryOf(batchOf(4)), receiver, now);
    for (let second = 0; second < 25; second++) {
      await new Promise(setImmediate);
      t.mock.timers.tick(1_000);
    }

    assert.deepEqual(outcomesOf(await receiving), ['failed', 'failed', 'failed', 'failed']);
  });
});

describe('receive(): one event, one file', () => {
  it('stores a redelivered event once', async (t) => {
    const lake = await temporaryLake(t);
    const receiver = receiverWith(lake);

    const first = await receive(deliveryOf(insert), receiver, now);
    const second = await receive(deliveryOf(insert), receiver, now);

    assert.deepEqual([...outcomesOf(first), ...outcomesOf(second)], ['stored', 'alreadyStored']);
    assert.equal((await lake.files()).size, 1);
  });

  it('keeps the first durable delivery of an update after a second look-up', async (t) => {
    const lake = await temporaryLake(t);
    const receiver = receiverWith(lake);
    await receive(deliveryOf(textOf(changeEvents.update)), receiver, now);
    const before = await lake.files();

    await receive(deliveryOf(textOf(withField(changeEvents.update, 'fullDocument', { newer: true }))), receiver, now);

    assert.deepEqual(await lake.files(), before);
  });

  it('stores an event once if it arrives many times at once, alone and in arrays', async (t) => {
    const lake = await temporaryLake(t);
    const receiver = receiverWith(lake);
    const batch = Buffer.from(`[${insert},${insert}]`);

    const receipts = await Promise.all(
      [insert, batch, insert, batch].map((body) => receive(deliveryOf(body), receiver, now)),
    );

    assert.deepEqual(receipts.flatMap(outcomesOf).sort(), [...Array(5).fill('alreadyStored'), 'stored']);
    assert.equal((await lake.files()).size, 1);
  });

  it('stores each event of an array in its own file, and answers in their order', async (t) => {
    const lake = await temporaryLake(t);

    const events = eventsOf(await receive(deliveryOf(batchOf(100)), receiverWith(lake), now));

    const paths = events.map((event) => ('path' in event ? event.path : ''));
    assert.deepEqual(paths, [...(await lake.files()).keys()]);
    assert.equal(paths.length, 100);
  });

  it('accepts an empty array', async (t) => {
    assert.deepEqual(outcomesOf(await receive(deliveryOf(' [ ] '), receiverWith(await temporaryLake(t)), now)), []);
  });
});

describe('receive(): every change event is accepted', () => {
  for (const [operationType, event] of Object.entries(changeEvents)) {
    it(`stores ${operationType}`, async (t) => {
      const lake = await temporaryLake(t);

      assert.deepEqual(outcomesOf(await receive(deliveryOf(textOf(event)), receiverWith(lake), now)), ['stored']);

      const [line = ''] = (await lake.files()).values();
      assert.equal(JSON.parse(line).operationType, operationType);
    });
  }

  it('refuses a value that is no event, with the reason, and stores the others', async (t) => {
    const lake = await temporaryLake(t);
    const batch = [changeEvents.insert, 5, withoutField(changeEvents.update, '_id'), changeEvents.delete];

    const receipt = await receive(deliveryOf(textOf(batch)), receiverWith(lake), now);

    assert.deepEqual(outcomesOf(receipt), ['stored', 'refused', 'refused', 'stored']);
    assert.equal((await lake.files()).size, 2);
  });

  const notJson = [
    '',
    ' ',
    '{',
    '{} {}',
    '{"a":1,}',
    "{'a':1}",
    '\ufeff{}',
    '[1,]',
    'NaN',
    Buffer.from([0x22, 0xff, 0x22]),
  ];
  for (const body of notJson) {
    it(`refuses ${JSON.stringify(String(body))} as no JSON`, async (t) => {
      assert.equal((await receive(deliveryOf(body), receiverWith(await temporaryLake(t)), now)).kind, 'not-json');
    });
  }

  it('refuses a body that nests over 256 levels, whole', async (t) => {
    const lake = await temporaryLake(t);
    const nested = (levels: number) => `[${insert},${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}]`;

    assert.equal((await receive(deliveryOf(nested(257)), receiverWith(lake), now)).kind, 'too-deep');
    assert.equal((await lake.files()).size, 0);
    assert.equal((await receive(deliveryOf(nested(256)), receiverWith(lake), now)).kind, 'received');
  });
});

describe('receive(): only signed senders can write', () => {
  const withSecrets = (lake: LakeWriter) =>
    receiverWith(lake, { SIGNING_SECRETS: `whsec_${'A'.repeat(32)} ${secret}` });

  it('stores events signed with any of the secrets', async (t) => {
    const lake = await temporaryLake(t);

    assert.deepEqual(outcomesOf(await receive(signedDeliveryOf(insert), withSecrets(lake), now)), ['stored']);
  });

  it('stores nothing without a signature that fits the bytes', async (t) => {
    const lake = await temporaryLake(t);
    const changed = signedDeliveryOf(insert, { body: deliveryOf(textOf(changeEvents.delete)).body });

    for (const delivery of [deliveryOf(insert), changed])
      assert.equal((await receive(delivery, withSecrets(lake), now)).kind, 'not-authentic');
    assert.equal((await lake.files()).size, 0);
  });

  it('checks the signature before it parses the body', async (t) => {
    const lake = await temporaryLake(t);

    assert.equal((await receive(deliveryOf('not JSON'), withSecrets(lake), now)).kind, 'not-authentic');
  });

  it('judges type and size before the signature', async (t) => {
    const receiver = receiverWith(await temporaryLake(t), { SIGNING_SECRETS: secret, MAX_BODY_BYTES: '10' });

    assert.equal(
      (await receive(deliveryOf(insert, { contentType: 'text/plain' }), receiver, now)).kind,
      'unsupported-type',
    );
    assert.equal((await receive(deliveryOf(insert), receiver, now)).kind, 'body-too-large');
    assert.equal((await receive(deliveryOf(insert, { contentLength: null }), receiver, now)).kind, 'body-too-large');
  });

  it('accepts MAX_EVENTS events, and refuses a request with more', async (t) => {
    const lake = await temporaryLake(t);
    const receiver = receiverWith(lake, { MAX_EVENTS: '2' });

    assert.equal((await receive(deliveryOf(batchOf(3)), receiver, now)).kind, 'too-many-events');
    assert.equal((await lake.files()).size, 0);
    assert.deepEqual(outcomesOf(await receive(deliveryOf(batchOf(2)), receiver, now)), ['stored', 'stored']);
  });
});

describe('receive(): memory is bounded', () => {
  it('is busy while another body fills the room, and not afterwards', async (t) => {
    const { receiver, finish } = await slowReceiver(t);
    const first = receive(deliveryOf(insert), receiver, now);
    await new Promise(setImmediate);

    const second = await receive(deliveryOf(insert), receiver, now);
    finish();

    assert.equal(second.kind, 'busy');
    assert.deepEqual(outcomesOf(await first), ['stored']);
    assert.deepEqual(outcomesOf(await receive(deliveryOf(insert), receiver, now)), ['alreadyStored']);
  });

  it('gives room back after every kind of end', async (t) => {
    const receiver = receiverWith(await temporaryLake(t), { MAX_BYTES_IN_FLIGHT: '1000', MAX_BODY_BYTES: '1000' });

    for (const body of ['{', '{}', '5', 'x'.repeat(1001), insert]) await receive(deliveryOf(body), receiver, now);

    using other = receiver.inFlight.room();
    assert.equal(other.holds(1000), true);
    assert.equal(receiver.inFlight.room().holds(4), false);
  });

  async function slowReceiver(t: TestContext): Promise<{ receiver: Receiver; finish: () => void }> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const lake = await temporaryLake(t);
    const slow: LakeWriter = {
      ...lake,
      create: async (...args) => {
        await promise;
        return await lake.create(...args);
      },
    };
    const limits = { MAX_BODY_BYTES: String(insert.length), MAX_BYTES_IN_FLIGHT: String(insert.length) };
    return { receiver: receiverWith(slow, limits), finish: resolve };
  }
});

function batchOf(count: number): Uint8Array {
  const events = Array.from({ length: count }, (_, index) => ({
    ...changeEvents.insert,
    _id: { _data: tokenOf(index + 1) },
    clusterTime: { $timestamp: { t: 1_795_169_730, i: index + 1 } },
  }));
  return textOf(events);
}
