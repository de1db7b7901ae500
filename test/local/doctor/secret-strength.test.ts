import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { weaknessOf } from '../../../local/doctor/secret-strength.ts';
import { seed } from '../../support/seeded.ts';
import { randomFrom } from '../../support/seeded-random.ts';

const weak: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  'of one byte': [Buffer.alloc(32, 's'), /repeats one piece/],
  'of one piece twice': [Buffer.concat([randomPiece(), randomPiece()]), /repeats one piece/],
  'of a piece and a part of it again': [Buffer.from('k4Tq9ZwLk4Tq9ZwLk4Tq9ZwLk4T'), /repeats one piece/],
  'of a row of bytes': [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), /plain sequence/],
  'of a row downwards': [Buffer.from(Array.from({ length: 32 }, (_, index) => 200 - index)), /plain sequence/],
  'of few different bytes': [Buffer.from('0110100110010110011010011001011x'), /only 3 different bytes/],
  'of the Standard Webhooks page': [Buffer.from('C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'base64'), /sample/],
  'of a word that people choose': [Buffer.from('My-Super-SECRET-of-2026!?xyzqjkv'), /words/],
};

describe('weaknessOf()', () => {
  for (const [what, [secret, says]] of Object.entries(weak))
    it(`finds a secret ${what}`, () => {
      assert.match(weaknessOf(secret) ?? 'none', says);
    });

  it('accepts random secrets of every allowed length', () => {
    const random = randomFrom(seed);
    for (let round = 0; round < 2000; round++) {
      const chance = Buffer.from(Array.from({ length: 24 + (round % 41) }, () => random.below(256)));
      assert.equal(weaknessOf(chance), undefined);
    }
  });

  it('accepts the hex digits of two UUIDs with four of sixteen digits missing', () => {
    const digits = 'a5d6ddb9083b021683791a30d37527212aa8220033225639bb32d37506722516';

    assert.equal(new Set(digits).size, 12);
    assert.equal(weaknessOf(Buffer.from(digits)), undefined);
  });

  it('accepts random hex text', () => {
    assert.equal(weaknessOf(Buffer.from('9f3c1e7ab4d0265897ce10fba3d84625')), undefined);
  });

  it('shows no part of a secret', () => {
    for (const [secret] of Object.values(weak))
      assert(!(weaknessOf(secret) ?? '').includes(Buffer.from(secret).toString('latin1').slice(0, 6)));
  });
});

function randomPiece(): Uint8Array {
  return Buffer.from('kT9q-Zw4Lx7Vb2Nm8');
}
