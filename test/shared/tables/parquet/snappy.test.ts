import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { snappyUncompress } from 'hyparquet/src/snappy.js';
import { mostCompressed, snappyCompress } from '../../../../shared/tables/parquet/snappy.ts';
import { fc } from '../../../support/seeded.ts';

describe('snappyCompress()', () => {
  it('is read back by another decompressor, with every kind of repetition', () => {
    // Words that repeat near and far, with runs and noise between them. This gives each kind of element of the format.
    const word = fc.uint8Array({ minLength: 1, maxLength: 90 });
    const input = fc.tuple(fc.array(word, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(), { maxLength: 400 }));
    fc.assert(
      fc.property(input, ([words, picks]) => {
        const text = Buffer.concat(picks.map((pick) => words[pick % words.length] ?? new Uint8Array()));
        assert.deepEqual(roundTrip(text), text);
      }),
    );
  });

  for (const [what, input] of [
    ['nothing', Buffer.alloc(0)],
    ['a byte', Buffer.from('a')],
    ['fewer bytes than are looked at together', Buffer.from('abcdabcdabcd')],
    ['a run that is longer than a block', Buffer.alloc(200_000, 'a')],
    ['bytes without a repetition over several blocks', noise(300_000)],
    ['a repetition that crosses the end of a block', Buffer.concat([noise(65_530), noise(65_530)])],
    ['a literal of each length', Buffer.concat([...Array(300).keys()].flatMap((n) => [noise(n), Buffer.alloc(80)]))],
    ['more than a page', Buffer.concat([noise(1_500_000), Buffer.alloc(1_500_000)])],
  ] as const)
    it(`keeps ${what}`, () => {
      assert.deepEqual(roundTrip(input), input);
    });

  it('compresses parts as if they were one, behind what is there already', () => {
    const whole = Buffer.concat([noise(70_000), Buffer.alloc(70_000)]);
    const parts = [whole.subarray(0, 3), whole.subarray(3, 3), whole.subarray(3, 100_000), whole.subarray(100_000)];
    const output = Buffer.alloc(10 + mostCompressed(whole.length), 'x');

    const end = snappyCompress(parts, output, 10);

    assert.deepEqual(uncompressed(output.subarray(10, end), whole.length), whole);
    assert.equal(output.toString('latin1', 0, 10), 'x'.repeat(10));
  });

  it('takes what repeats once', () => {
    const line = Buffer.from('{"operationType":"insert","data":{"note":"as agreed by telephone"}}\n'.repeat(1000));

    assert(compressed([line]).length < line.length / 15);
  });
});

function roundTrip(input: Uint8Array): Buffer {
  return uncompressed(compressed([input]), input.length);
}

function compressed(parts: readonly Uint8Array[]): Uint8Array {
  const output = Buffer.alloc(mostCompressed(parts.reduce((bytes, { length }) => bytes + length, 0)));
  return output.subarray(0, snappyCompress(parts, output, 0));
}

function uncompressed(bytes: Uint8Array, length: number): Buffer {
  const output = Buffer.alloc(length);
  snappyUncompress(bytes, output);
  return output;
}

/** The same at each run. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
