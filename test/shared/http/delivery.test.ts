import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesInFlight } from '../../../shared/http/bytes-in-flight.ts';
import { admit, type Delivery } from '../../../shared/http/delivery.ts';
import { deliveryOf, streamOf } from '../../support/deliveries.ts';
import { never } from '../../support/never.ts';

describe('admit()', () => {
  it('keeps the exact bytes, in pieces of any size', async () => {
    const sent = Buffer.from([0x22, 0xff, 0x00, 0xc3, 0xa9, 0x22]);

    for (const pieceLength of [1, 4, 100]) {
      const admission = await admitted(deliveryOf('', { contentLength: null, body: streamOf(sent, pieceLength) }));
      assert.deepEqual(admission, { kind: 'admitted', body: sent, encoding: 'identity' });
    }
  });

  it('accepts all spellings of the JSON content type, and no other type', async () => {
    const types: [string | null, boolean][] = [
      ['application/json', true],
      ['Application/JSON; charset=UTF-8', true],
      ['application/json;charset="utf-8"', true],
      ['application/cloudevents+json', true],
      ['model/gltf+json', true],
      ['application/vnd.api+json; charset=utf8; profile="x"', true],
      ['application/json; charset=iso-8859-1', false],
      ['application/json; charset=utf-16', false],
      ['application/jsonl', false],
      ['text/json', false],
      ['text/plain', false],
      ['', false],
      [null, false],
    ];

    for (const [contentType, isTaken] of types)
      assert.equal((await admitted(deliveryOf('{}', { contentType }))).kind, isTaken ? 'admitted' : 'unsupported-type');
  });

  it('accepts a body uncompressed or with gzip, and reports which', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const admission = await admitted(deliveryOf('{}', { contentEncoding: ` ${encoding.toUpperCase()}` }));
      assert.deepEqual(admission, { kind: 'admitted', body: Buffer.from('{}'), encoding });
    }
    assert.equal((await admitted(deliveryOf('{}', { contentEncoding: 'br' }))).kind, 'unsupported-type');
  });

  it('refuses a declared size over the limit without reading a byte', async () => {
    const body = new ReadableStream<Uint8Array>({ pull: () => assert.fail('read') }, { highWaterMark: 0 });

    for (const contentLength of ['11', '9'.repeat(17), '9'.repeat(400)])
      assert.deepEqual(await admitted(deliveryOf('', { contentLength, body }), 10), { kind: 'body-too-large' });
  });

  it('refuses an undeclared size when it passes the limit, and reads no further', async () => {
    let pieces = 0;
    const body = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(new Uint8Array(++pieces && 4)) },
      { highWaterMark: 0 },
    );

    const admission = await admitted(deliveryOf('', { contentLength: null, body }), 10);

    assert.deepEqual(admission, { kind: 'body-too-large' });
    assert.equal(pieces, 3);
  });

  it('is not deceived by a declared size that is too small', async () => {
    const lying = (bytes: number) => deliveryOf('', { contentLength: '1', body: streamOf(Buffer.alloc(bytes, 'x')) });

    assert.equal((await admitted(lying(11), 10)).kind, 'body-too-large');
    assert.equal((await admitted(lying(10), 10)).kind, 'admitted');
  });

  it('is busy if there is no room for the bytes, declared or not', async () => {
    const inFlight = bytesInFlight(10);
    inFlight.room().holds(8);

    for (const contentLength of ['3', null])
      assert.deepEqual(await admitted(deliveryOf('abc', { contentLength }), 100, inFlight), { kind: 'busy' });
  });

  it('gives up on a body that does not arrive in time', async () => {
    const body = new ReadableStream<Uint8Array>();
    const controller = new AbortController();

    const admission = admitted(deliveryOf('', { contentLength: null, body }), 10, bytesInFlight(10), controller.signal);
    controller.abort();

    assert.deepEqual(await admission, { kind: 'incomplete-body' });
  });

  it('does not block others by a size that is only declared', async () => {
    const inFlight = bytesInFlight(100);
    const controller = new AbortController();
    const silent = () => deliveryOf('', { contentLength: '100', body: new ReadableStream<Uint8Array>() });

    const waiting = [1, 2, 3].map(() => admitted(silent(), 100, inFlight, controller.signal));
    const other = await admitted(deliveryOf('x'.repeat(100)), 100, inFlight);
    controller.abort();

    assert.equal(other.kind, 'admitted');
    for (const { kind } of await Promise.all(waiting)) assert.equal(kind, 'incomplete-body');
  });

  it('ends a body that is silent for 5 s', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    async function* silentAfterOne() {
      yield Buffer.from('x');
      await new Promise(() => undefined);
    }
    const body = ReadableStream.from(silentAfterOne());

    const admission = admitted(deliveryOf('', { contentLength: '100', body }));
    for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
    t.mock.timers.tick(5_001);

    assert.deepEqual(await admission, { kind: 'incomplete-body' });
  });

  it('ends a body that is slower than 4 KB/s after its first 5 s, and no other', async () => {
    const kinds: [number, number, string][] = [
      [1000, 1024, 'admitted'],
      [1000, 4096, 'admitted'],
      [250, 1023, 'incomplete-body'],
      [250, 1025, 'admitted'],
      [4999, 1, 'incomplete-body'],
    ];

    for (const [msPerPiece, bytesPerPiece, expected] of kinds) {
      let nowMs = 0;
      const pieces = msPerPiece === 1000 && bytesPerPiece === 1024 ? 5 : 40;
      const body = ReadableStream.from(
        (function* () {
          for (let piece = 0; piece < pieces; piece++) {
            nowMs += msPerPiece;
            yield Buffer.alloc(bytesPerPiece, ' ');
          }
        })(),
      );

      const inFlight = bytesInFlight(1_000_000);
      const delivery = deliveryOf('', { contentLength: null, body });
      const admission = await admit(delivery, 1_000_000, inFlight.room(), never, { now: () => nowMs });

      assert.equal(admission.kind, expected, `${bytesPerPiece} bytes each ${msPerPiece} ms`);
    }
  });

  it('reports a body that breaks off', async () => {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error('reset')) });

    assert.deepEqual(await admitted(deliveryOf('', { contentLength: null, body })), { kind: 'incomplete-body' });
  });

  it('accepts an empty body', async () => {
    assert.deepEqual(await admitted(deliveryOf('', { body: null })), {
      kind: 'admitted',
      body: Buffer.from(''),
      encoding: 'identity',
    });
  });
});

function admitted(delivery: Delivery, maxBodyBytes = 1000, inFlight = bytesInFlight(1000), signal = never) {
  return admit(delivery, maxBodyBytes, inFlight.room(), signal);
}
