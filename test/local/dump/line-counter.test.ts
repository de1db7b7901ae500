import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lineCounter } from '../../../local/dump/line-counter.ts';

describe('lineCounter()', () => {
  it('counts each line once, however many places are asked for', () => {
    const text = Buffer.from('{}\n'.repeat(1000));
    let looks = 0;
    const indexOf = (value: number, from?: number): number => {
      looks++;
      return Uint8Array.prototype.indexOf.call(text, value, from);
    };
    Object.defineProperty(text, 'indexOf', { value: indexOf });
    const lines = lineCounter();

    const found = Array.from({ length: 1000 }, (_, document) => lines.lineAt(text, document * 3));

    assert.deepEqual(
      found,
      Array.from({ length: 1000 }, (_, document) => document + 1),
    );
    assert.ok(looks <= 2000, `${looks} looks`);
  });

  it('finds places in any order, and over several texts', () => {
    const lines = lineCounter();
    const first = Buffer.from('a\nb\nc');

    assert.deepEqual(
      [4, 0, 2, 4, 2].map((at) => lines.lineAt(first, at)),
      [3, 1, 2, 3, 2],
    );
    lines.pass(first, 2);
    assert.deepEqual(
      [2, 0].map((at) => lines.lineAt(Buffer.from('b\nc'), at)),
      [3, 2],
    );
  });
});
