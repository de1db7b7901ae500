import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonLine } from '../../../shared/json/json-line.ts';

describe('jsonLine()', () => {
  it('is one line for every line reader, and keeps its value', () => {
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('');
    const value = { name: `${controls}\u2028\u2029 é 東 🎬`, [`key\u0085\u2028`]: 1 };

    const line = jsonLine(value);

    assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\p{Zp}]/u);
    assert.deepEqual(JSON.parse(line), value);
  });

  it('keeps all other letters', () => {
    assert.equal(jsonLine({ name: 'Größe 東京 🎬' }), '{"name":"Größe 東京 🎬"}');
  });
});
