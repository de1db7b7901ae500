import assert from 'node:assert/strict';
import { createHmac, type KeyObject } from 'node:crypto';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { isAuthentic, readSecret, type SignatureHeaders } from '../../../shared/http/signature.ts';

// Known answer, computed with: printf '%s' "$id.$timestamp.$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary | base64
const known = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const now = new Date(Number(known.timestamp) * 1000);
const body = Buffer.from(known.body);
const secret = keyOf(known.secret);
const otherSecret = keyOf(`whsec_${Buffer.alloc(32, 7).toString('base64')}`);

describe('isAuthentic()', () => {
  it('accepts a signature of Standard Webhooks', () => {
    assert.equal(isAuthentic(body, headers(), [secret], now), true);
  });

  it('accepts any secret of the list, so that secrets can be rotated', () => {
    assert.equal(isAuthentic(body, headers(), [otherSecret, secret], now), true);
    assert.equal(isAuthentic(body, headers(), [secret, otherSecret], now), true);
  });

  it('accepts any signature of the list, so that senders can sign with two', () => {
    const signature = `v1a,AAAA v1,${Buffer.alloc(32).toString('base64')} ${known.signature}`;

    assert.equal(isAuthentic(body, headers({ signature }), [secret], now), true);
  });

  it('accepts a clock that is off by up to 300 s, and not more', () => {
    for (const [seconds, expected] of [
      [-301, false],
      [-300, true],
      [300, true],
      [301, false],
    ] as const) {
      assert.equal(isAuthentic(body, headers(), [secret], new Date(now.getTime() + seconds * 1000 + 999)), expected);
    }
  });

  it('needs every byte of a signature', () => {
    const mac = Buffer.from(known.signature.slice('v1,'.length), 'base64');
    for (const at of mac.keys()) {
      const almost = Buffer.from(mac);
      almost[at] = (almost[at] ?? 0) ^ 1;

      const signature = `v1,${almost.toString('base64')}`;
      assert.equal(isAuthentic(body, headers({ signature }), [secret], now), false, `byte ${at}`);
    }
  });

  // A test cannot measure the time. It can check the function: any other comparison ends at the first wrong byte.
  it('compares only by timingSafeEqual', () => {
    const source = String(isAuthentic);

    assert.match(source, /if \(timingSafeEqual\(one, expected\)\) authentic = true;/);
    assert.equal(source.match(/\bexpected\b/g)?.length, 2);
  });

  it('covers the raw bytes, not the text they decode to', () => {
    const [one, other] = [Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0x22, 0xfe, 0x22])];
    const signature = sign(one);

    assert.equal(isAuthentic(one, headers({ signature }), [secret], now), true);
    assert.equal(isAuthentic(other, headers({ signature }), [secret], now), false);
  });

  const refused: Record<string, Partial<SignatureHeaders>> = {
    'no id': { id: null },
    'another id': { id: 'msg_other' },
    'an id with a dot': { id: 'msg.1', signature: sign(body, 'msg.1') },
    'two ids': { id: 'msg_1, msg_2', signature: sign(body, 'msg_1, msg_2') },
    'an empty id': { id: '', signature: sign(body, '') },
    'no timestamp': { timestamp: null },
    'a timestamp with a sign': {
      timestamp: `+${known.timestamp}`,
      signature: sign(body, known.id, `+${known.timestamp}`),
    },
    'a timestamp in another notation': { timestamp: '1.614265330e9', signature: sign(body, known.id, '1.614265330e9') },
    'a timestamp with a space': {
      timestamp: ` ${known.timestamp}`,
      signature: sign(body, known.id, ` ${known.timestamp}`),
    },
    'no signature': { signature: null },
    'an empty signature': { signature: '' },
    'two headers, the good one last': { signature: `v1,${Buffer.alloc(32).toString('base64')}, ${known.signature}` },
    'two headers, the good one first': { signature: `${known.signature}, v1,${Buffer.alloc(32).toString('base64')}` },
    'a signature without a version': { signature: known.signature.slice(3) },
    'another version': { signature: known.signature.replace('v1,', 'v2,') },
    'a short signature': { signature: `v1,${Buffer.alloc(31).toString('base64')}` },
    'a signature with a tail that base64 would drop': { signature: `${known.signature}=` },
    'a signature of another case': { signature: known.signature.toLowerCase() },
    'ten thousand signatures': { signature: `${'v1,AAAA '.repeat(10_000)}${known.signature}` },
  };
  for (const [what, changed] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.equal(isAuthentic(body, headers(changed), [secret], now), false);
    });
  }

  it('refuses a body that was changed, by one byte or by its length', () => {
    for (const changed of ['{"test": 2432232315}', '{"test": 2432232314} ', ''])
      assert.equal(isAuthentic(Buffer.from(changed), headers(), [secret], now), false);
  });

  it('refuses another secret, and everything without a secret', () => {
    assert.equal(isAuthentic(body, headers(), [otherSecret], now), false);
    assert.equal(isAuthentic(body, headers(), [], now), false);
  });
});

describe('readSecret()', () => {
  it('reads base64 of 24 to 64 bytes behind whsec_', () => {
    for (const [length, isSecret] of [
      [23, false],
      [24, true],
      [64, true],
      [65, false],
    ] as const) {
      const read = readSecret(`whsec_${Buffer.alloc(length, 1).toString('base64')}`);
      assert.equal(read?.symmetricKeySize, isSecret ? length : undefined);
    }
  });

  it('reads nothing else', () => {
    const base64 = Buffer.alloc(24, 1).toString('base64');

    for (const text of [
      '',
      'whsec_',
      base64,
      `WHSEC_${base64}`,
      `whsec_${base64.slice(1)}`,
      `whsec_*${base64}`,
      `whsec_ ${base64}`,
    ])
      assert.equal(readSecret(text), undefined);
  });

  it('reads it into a key that does not show it when printed', () => {
    const printed = inspect({ secret: readSecret(known.secret) }, { depth: 9, showHidden: true });

    assert(
      !printed.includes(known.secret.slice(6)) &&
        !printed.includes(Buffer.from(known.secret.slice(6), 'base64').toString('hex')),
    );
    assert.equal(JSON.stringify(secret), '{}');
  });
});

function headers(changed: Partial<SignatureHeaders> = {}): SignatureHeaders {
  return { id: known.id, timestamp: known.timestamp, signature: known.signature, ...changed };
}

function sign(bytes: Uint8Array, id = known.id, timestamp = known.timestamp): string {
  const mac = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(bytes);
  return `v1,${mac.digest('base64')}`;
}

function keyOf(text: string): KeyObject {
  const key = readSecret(text);
  assert(key);
  return key;
}
