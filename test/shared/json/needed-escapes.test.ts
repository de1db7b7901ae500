import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byteWriter } from '../../../shared/json/byte-writer.ts';
import { writeLongString } from '../../../shared/json/needed-escapes.ts';

describe('writeLongString()', () => {
  it('writes what JSON.stringify makes of the whole string, wherever a piece ends', () => {
    const pieces = [
      'x',
      'é',
      '€',
      '😀',
      '\\"',
      '\\\\',
      '\\n',
      '\\u0061',
      '\\u00e9',
      '\\ud83d\\ude00',
      '\\uD83D\\uDE00',
      '\\ud83d',
      '\\ude00',
      '\\\\ud83d\\\\ude00',
      '\\ud83d😀\\ude00',
      '\\u2028\\u007f',
    ];
    for (const piece of pieces) {
      // Shifted byte by byte, so that 64 KB end at each place of a piece.
      for (let shift = 0; shift < 13; shift++) {
        const source = `"${'x'.repeat(shift)}${piece.repeat(Math.ceil(140_000 / Buffer.byteLength(piece)))}"`;
        assert.equal(written(source).text, JSON.stringify(JSON.parse(source)), `${piece}, ${shift}`);
      }
    }
  });

  it('stops at least once per 64 KB and a character', () => {
    assert(written(`"${'\\"'.repeat(1_000_000)}"`).stops >= 30);
    assert(written(`"${'\\ud800'.repeat(300_000)}"`).stops >= 27);
  });
});

function written(source: string): { text: string; stops: number } {
  const text = Buffer.from(source);
  const out = byteWriter(text.length);
  let stops = 0;
  for (const _ of writeLongString(out, text, 0, text.length)) stops++;
  return { text: Buffer.from(out.bytes()).toString(), stops };
}
