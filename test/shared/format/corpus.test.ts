import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EJSON } from 'bson';
import { corpus } from '../../support/bson-corpus.ts';
import type { CorpusValue } from '../../support/corpus-value.ts';
import { documentFormats, written } from '../../support/written.ts';

const isNumber = /^-?\d/;

describe('writeValue(), for each value of the corpus', () => {
  for (const value of corpus) {
    it(`writes the same of every spelling: ${value.name}`, () => {
      for (const sent of spellings(value)) {
        const canonical = sent === value.relaxed ? (value.canonicalOfRelaxed ?? value.canonical) : value.canonical;

        assert.equal(written(sent, 'relaxed'), value.relaxed, sent);
        assert.equal(written(sent, 'simple'), value.simple, sent);
        assert.equal(written(sent, 'canonical'), sent === value.canonical ? sent : canonical, sent);
      }
    });
  }

  it('writes one line of JSON, without a space between tokens', () => {
    const spaced = `[${corpus.map((value) => respaced(value.canonical)).join(' \r\n\t, ')} ]`;

    for (const format of documentFormats) {
      const line = written(spaced, format);

      assert.equal(line, `[${corpus.map((value) => value[format]).join(',')}]`);
      assert.equal(JSON.parse(line).length, corpus.length);
    }
  });

  it('has the same value when bson reads it', () => {
    for (const { name, canonical, relaxed, bson } of corpus.filter((value) => 'bson' in value)) {
      const sent = `{"v":${canonical}}`;

      assert.deepEqual(EJSON.parse(written(sent, 'canonical'), { relaxed: false }), { v: bson }, name);
      // bson does not know the type of a bare number, and rounds it. Its digits are compared above.
      if (isNumber.test(relaxed)) continue;
      assert.deepEqual(EJSON.parse(written(sent, 'relaxed'), { relaxed: false }), { v: bson }, name);
    }
  });

  it('leaves nothing to do for a second pass', () => {
    for (const { canonical } of corpus) {
      for (const format of ['relaxed', 'canonical'] as const) {
        const once = written(canonical, format);

        assert.equal(written(once, format), once);
      }
    }
  });

  it('has no key with a dollar for a type in `simple`', () => {
    const ofTheDocument = new Set(['$ref', '$id', '$db', '$', '$x', '$k']);

    for (const { canonical, name } of corpus) {
      const keys = [...written(canonical, 'simple').matchAll(/[{,]"(\$[^"]*)":/g)].map(([, key = '']) => key);

      assert.deepEqual(
        keys.filter((key) => !ofTheDocument.has(key)),
        [],
        name,
      );
    }
  });
});

function spellings(value: CorpusValue): readonly string[] {
  return [value.canonical, value.relaxed, ...(value.alsoSentAs ?? [])];
}

/** Adds space wherever JSON allows it. */
function respaced(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g, (token) => (token.length > 1 ? token : ` ${token}\n\t`));
}
