import assert from 'node:assert/strict';
import { createHmac, createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { keyedHashOf } from '../../../shared/redact/keyed-hash.ts';

describe('keyedHashOf()', () => {
  it('is HMAC-SHA256, by the test cases of RFC 4231', () => {
    const largeKey = 'aa'.repeat(131);
    for (const [key, text, digest] of [
      ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b'],
      [Buffer.from('Jefe').toString('hex'), 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c7'],
      ['aa'.repeat(20), Buffer.alloc(50, 0xdd), '773ea91e36800e46854db8ebd09181a7'],
      [largeKey, 'Test Using Larger Than Block-Size Key - Hash Key First', '60e431591ee0b67f0d8a26aacbf5b77f'],
      [
        largeKey,
        'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
        '9b09ffa71b942fcb27635fbcd5b0e944',
      ],
    ] as const) {
      assert.equal(keyedHashOf(createSecretKey(Buffer.from(key, 'hex')))(text), digest);
    }
  });

  it('is the hash of the crypto library, for texts and keys of each length', () => {
    for (const keyBytes of [24, 32, 63, 64, 65]) {
      const key = createSecretKey(Buffer.alloc(keyBytes, 'k'));
      const hash = keyedHashOf(key);
      for (const character of ['x', 'é', '\u007f', '\u2028']) {
        for (const length of [300, 0, 1, 63, 64, 255, 256, 257, 5, 64]) {
          const text = character.repeat(length);
          const expected = createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
          assert.equal(hash(text), expected, `${keyBytes}: ${length} of ${character}`);
          assert.equal(hash(Buffer.from(text)), expected, `${keyBytes}: the bytes of ${length} of ${character}`);
        }
      }
    }
  });
});
