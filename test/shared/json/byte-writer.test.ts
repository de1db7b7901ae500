import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byteWriter } from '../../../shared/json/byte-writer.ts';
import { fc } from '../../support/seeded.ts';

describe('byteWriter()', () => {
  it('has the written bytes in order, with any expected size', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array(),
      fc.constantFrom('é'.repeat(5000), '', 'x'.repeat(1024)),
    );

    fc.assert(
      fc.property(fc.nat(64), fc.array(piece), (room, pieces) => {
        const out = byteWriter(room);
        // What was there before does not count.
        out.text('cleared');
        out.clear();

        for (const part of pieces) {
          if (typeof part === 'string') out.text(part);
          else out.copy(Buffer.concat([Buffer.from('<'), part, Buffer.from('>')]), 1, 1 + part.length);
        }

        assert.equal(out.length(), out.bytes().length);
        assert.deepEqual(Buffer.from(out.bytes()), Buffer.concat(pieces.map((part) => Buffer.from(part))));
      }),
    );
  });
});
