import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findJsonFault } from '../../../shared/json/json-fault.ts';
import { accepted, refused } from '../../support/json-texts.ts';
import { fc } from '../../support/seeded.ts';

const maxDepth = 256;

describe('findJsonFault()', () => {
  for (const [category, texts] of Object.entries(accepted)) {
    it(`accepts ${category} as JSON.parse does`, () => {
      for (const text of texts) {
        assert.doesNotThrow(() => JSON.parse(text), text);
        assert.equal(faultOf(text), undefined, text);
      }
    });
  }

  for (const [category, texts] of Object.entries(refused)) {
    it(`refuses ${category} that JSON.parse refuses`, () => {
      for (const text of texts) {
        assert.throws(() => JSON.parse(text), SyntaxError, text);
        assert.equal(faultOf(text), 'not-json', text);
      }
    });
  }

  it('refuses bytes that are not UTF-8', () => {
    for (const hex of ['ff', 'c0af', 'c3', 'eda080', 'f4908080', '80', 'fe', 'e282']) {
      const text = Buffer.concat([Buffer.from('"'), Buffer.from(hex, 'hex'), Buffer.from('"')]);

      assert.equal(findJsonFault(text, maxDepth), 'not-json', hex);
    }
  });

  it('agrees with JSON.parse on text with changed bytes', () => {
    const text = fc.oneof(
      fc.json(),
      fc.json({ stringUnit: 'binary' }),
      fc.constantFrom(...Object.values(accepted).flat()),
    );
    const change = fc.record({
      at: fc.nat(),
      byte: fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:\\ue.-+0 \n')), fc.nat(255)),
      kind: fc.constantFrom('replaced' as const, 'inserted' as const, 'removed' as const),
    });

    fc.assert(
      fc.property(text, fc.array(change, { maxLength: 3 }), (valid, changes) => {
        const bytes = changes.reduce(changed, Buffer.from(valid));

        assert.equal(findJsonFault(bytes, 1000) === undefined, parses(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with JSON.parse on special bytes in a long string, at every position and alignment', () => {
    const memory = Buffer.alloc(64, 'x');
    for (let offset = 0; offset < 4; offset++)
      for (let at = 12; at < 32; at++)
        for (const byte of Buffer.from('\0\x1f !"#[\\]\x7f')) {
          const text = memory.subarray(offset, offset + 40);
          text.fill('x').fill('"', 0, 1).fill('"', 39);
          text[at] = byte;

          assert.equal(findJsonFault(text, 1) === undefined, parses(text), `${offset} ${at} ${byte}`);
        }
  });

  it('passes 256 levels and no more, of arrays, objects and both', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (levels: number, inner: string): string => open.repeat(levels) + inner + close.repeat(levels);

      assert.equal(faultOf(nested(256, '1')), undefined);
      assert.equal(faultOf(nested(255, '[]')), undefined);
      assert.equal(faultOf(nested(255, '{}')), undefined);
      assert.equal(faultOf(nested(257, '1')), 'too-deep');
      assert.equal(faultOf(nested(256, '[]')), 'too-deep');
      assert.equal(faultOf(nested(256, '{}')), 'too-deep');
    }
  });

  it('counts levels, not objects beside one another', () => {
    const flat = `[${'{"a":[{}]},'.repeat(1000)}{}]`;

    assert.equal(findJsonFault(Buffer.from(flat), 4), undefined);
  });

  it('checks a million levels without a stack', () => {
    const brackets = '['.repeat(1_000_000);

    assert.equal(faultOf(brackets), 'too-deep');
    assert.equal(findJsonFault(Buffer.from(brackets), 1_000_000), 'not-json');
    assert.equal(findJsonFault(Buffer.from(brackets + ']'.repeat(1_000_000)), 1_000_000), undefined);
  });
});

function faultOf(text: string) {
  return findJsonFault(Buffer.from(text), maxDepth);
}

interface Change {
  readonly at: number;
  readonly byte: number;
  readonly kind: 'replaced' | 'inserted' | 'removed';
}

function changed(bytes: Buffer, { at, byte, kind }: Change): Buffer {
  const start = at % (bytes.length + 1);
  const put = kind === 'removed' ? [] : [byte];
  return Buffer.concat([
    bytes.subarray(0, start),
    Buffer.from(put),
    bytes.subarray(start + (kind === 'inserted' ? 0 : 1)),
  ]);
}

function parses(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}
