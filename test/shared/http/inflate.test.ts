import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { inflate } from '../../../shared/http/inflate.ts';
import { type Receiver, receive } from '../../../shared/http/receive.ts';
import { changeEvents, textOf } from '../../support/change-events.ts';
import { deliveryOf, now, receiverWith, secret, signatureOf } from '../../support/deliveries.ts';
import { temporaryLake } from '../../support/lakes.ts';
import { never } from '../../support/never.ts';
import { outcomesOf } from '../../support/receipts.ts';

const insert = textOf(changeEvents.insert);
const gzip = { contentEncoding: 'gzip' };

describe('receive(), a compressed body', () => {
  it('is stored as the same file as one that is not', async (t) => {
    const [lake, plain] = [await temporaryLake(t), await temporaryLake(t)];

    const receipt = await receive(deliveryOf(gzipSync(insert), gzip), receiverWith(lake), now);
    await receive(deliveryOf(insert), receiverWith(plain), now);

    assert.deepEqual(outcomesOf(receipt), ['stored']);
    assert.deepEqual(await lake.files(), await plain.files());
  });

  it('is signed in its compressed form', async (t) => {
    const receiver = receiverWith(await temporaryLake(t), { SIGNING_SECRETS: secret });
    const body = gzipSync(insert);

    const asSent = await receive(deliveryOf(body, { ...gzip, signature: signatureOf(body) }), receiver, now);
    const asText = await receive(deliveryOf(body, { ...gzip, signature: signatureOf(insert) }), receiver, now);

    assert.deepEqual([asSent.kind, asText.kind], ['received', 'not-authentic']);
  });

  it('is not inflated before its signature is verified', async (t) => {
    const receiver = receiverWith(await temporaryLake(t), { SIGNING_SECRETS: secret, MAX_BODY_BYTES: '200000' });

    const receipt = await receive(deliveryOf(bomb, gzip), receiver, now);

    assert.equal(receipt.kind, 'not-authentic');
  });

  it('is limited by its inflated size', async (t) => {
    const receiver = receiverWith(await temporaryLake(t), { MAX_BODY_BYTES: '20000' });
    const fits = gzipSync(`${insert}${' '.repeat(20000 - insert.length)}`);
    const tooLarge = gzipSync(`${insert}${' '.repeat(20001 - insert.length)}`);

    assert.deepEqual(outcomesOf(await receive(deliveryOf(fits, gzip), receiver, now)), ['stored']);
    assert.deepEqual(await receive(deliveryOf(tooLarge, gzip), receiver, now), { kind: 'body-too-large' });
    assert.deepEqual(await receive(deliveryOf(bomb, gzip), receiver, now), { kind: 'body-too-large' });
  });

  it('is stored with any size in its last four bytes', async (t) => {
    const receiver = receiverWith(await temporaryLake(t));

    for (const [at, told] of [0, 1, 20_000, 60_000_000, 0xffff_ffff].entries()) {
      const body = gzipSync(textOf({ ...changeEvents.insert, _id: { _data: `82A${at}` } }));
      body.writeUInt32LE(told, body.length - 4);
      const receipt = await receive(deliveryOf(body, gzip), receiver, now);
      // zlib compares the trailer with the inflated text, and reports a broken body. No size is believed before.
      assert.equal(receipt.kind, 'not-json', `${told}`);
    }
  });

  it('takes no memory for a size that is only declared', async () => {
    const asked: number[] = [];
    const room = {
      holds: (bytes: number) => asked.push(bytes) > 0,
      couldHold: () => true,
      [Symbol.dispose]: () => undefined,
    };
    const body = gzipSync(insert);
    body.writeUInt32LE(60_000_000, body.length - 4);

    await inflate(body, 'gzip', 67_108_864, room, never);

    assert(Math.max(...asked) <= body.length + insert.length, `${asked}`);
  });

  it('counts with its text among the bytes in flight', async (t) => {
    const receiver = receiverWith(await temporaryLake(t), { MAX_BYTES_IN_FLIGHT: '100000', MAX_BODY_BYTES: '100000' });
    using other = receiver.inFlight.room();
    other.holds(90_000);

    const small = await receive(deliveryOf(gzipSync(insert), gzip), receiver, now);
    const large = await receive(deliveryOf(bomb, gzip), receiver, now);

    assert.deepEqual([small.kind, large.kind], ['received', 'busy']);
    assert(hasRoomFor(receiver, 10_000));
  });

  it('is rejected if it inflates to more than 200 times its size', async (t) => {
    const receiver = receiverWith(await temporaryLake(t));
    const times = (count: number) => gzipSync(JSON.stringify(Array.from({ length: count }, () => ({ a: 1 }))));

    assert.equal(
      (await receive(deliveryOf(gzipSync(' '.repeat(1_100_000)), gzip), receiver, now)).kind,
      'over-compressed',
    );
    assert.equal((await receive(deliveryOf(bomb, gzip), receiver, now)).kind, 'over-compressed');
    // Up to a megabyte, every ratio is allowed.
    assert.equal((await receive(deliveryOf(times(1000), gzip), receiver, now)).kind, 'received');
  });

  it('takes no room for a false length', async (t) => {
    const receiver = receiverWith(await temporaryLake(t), {
      MAX_BYTES_IN_FLIGHT: '1000000',
      MAX_BODY_BYTES: '1000000',
    });
    using other = receiver.inFlight.room();
    other.holds(500_000);
    const lying = Buffer.from(gzipSync(insert));
    lying.writeUInt32LE(400_000, lying.length - 4);

    const receiving = receive(deliveryOf(lying, gzip), receiver, now);
    assert(hasRoomFor(receiver, 450_000));

    assert.equal((await receiving).kind, 'not-json');
  });

  it('is no JSON if it is broken or cut off, or contains no JSON', async (t) => {
    const receiver = receiverWith(await temporaryLake(t));
    const whole = gzipSync(insert);
    const broken = [
      insert,
      whole.subarray(0, whole.length - 9),
      Buffer.from('nonsense'),
      Buffer.alloc(0),
      gzipSync('{'),
    ];

    for (const body of broken) assert.equal((await receive(deliveryOf(body, gzip), receiver, now)).kind, 'not-json');
  });

  it('is refused in any other compression', async (t) => {
    const receiver = receiverWith(await temporaryLake(t));

    for (const contentEncoding of ['br', 'deflate', 'zstd', 'gzip, gzip', 'x'])
      assert.equal((await receive(deliveryOf(insert, { contentEncoding }), receiver, now)).kind, 'unsupported-type');
  });
});

/** A hundred megabytes of zeros. */
const bomb = gzipSync(Buffer.alloc(100_000_000, ' '));

/** A delivery returns its bytes at its end. */
function hasRoomFor({ inFlight }: Receiver, bytes: number): boolean {
  using room = inFlight.room();
  return room.holds(bytes);
}
