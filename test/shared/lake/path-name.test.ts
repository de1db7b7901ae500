import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { isNameFolder, nameOfFolder, noName, pathName, textOfName } from '../../../shared/lake/path-name.ts';
import { hostileName } from '../../support/hostile-names.ts';
import { fc } from '../../support/seeded.ts';

const eighty = 'n'.repeat(80);

describe('pathName()', () => {
  const examples: [text: string, name: string][] = [
    ['movies', 'movies'],
    ['system.buckets.weather', 'system.buckets.weather'],
    ['my_db-2', 'my_db-2'],
    ['a/b', 'a~2Fb'],
    ['a\\b', 'a~5Cb'],
    ['.', '~2E'],
    ['..', '~2E~2E'],
    ['...', '~2E.~2E'],
    ['_x', '~5Fx'],
    ['__x', '~5F_x'],
    ['.x', '~2Ex'],
    ['x.', 'x~2E'],
    ['x..', 'x.~2E'],
    ['x_', 'x_'],
    ['~', '~7E'],
    ['~2E', '~7E2E'],
    ['%2e%2e', '~252e~252e'],
    ['a b', 'a~20b'],
    ['a:b', 'a~3Ab'],
    ['a\0b', 'a~00b'],
    ['a\nb', 'a~0Ab'],
    ['\x7f', '~7F'],
    ['ü', '~C3~BC'],
    ['漢', '~E6~BC~A2'],
    ['😀', '~F0~9F~98~80'],
    ['\ud800', '~ED~A0~80'],
    ['\udfff', '~ED~BF~BF'],
    ['\udc00\ud800', '~ED~B0~80~ED~A0~80'],
    [eighty, eighty],
    [`${eighty}n`, `${eighty}~${digest(`${eighty}n`)}`],
    ['/'.repeat(27), `${'~2F'.repeat(26)}~2~${digest('~2F'.repeat(27))}`],
    ['漢'.repeat(85), `${'~E6~BC~A2'.repeat(8)}~E6~BC~A~${digest('~E6~BC~A2'.repeat(85))}`],
  ];
  for (const [text, expected] of examples) {
    it(`writes ${JSON.stringify(text)} as ${expected}`, () => {
      const name = pathName(text);

      assert.equal(name, expected);
    });
  }

  it('uses only letters, digits, ".", "_", "-" and escapes, in safe places', () => {
    fc.assert(
      fc.property(hostileName, (text) => {
        const name = pathName(text);

        assert.match(
          name,
          /^(?![._])(?:[A-Za-z0-9._-]|~[0-9A-F]{2}|~[0-9A-F]?(?=~[0-9a-f]{16}$)|~[0-9a-f]{16}$)+(?<!\.)$/,
        );
        assert.ok(name.length <= 97);
        assert.notEqual(name, noName);
      }),
      { numRuns: 2000 },
    );
  });

  it('can be decoded if it was not cut', () => {
    fc.assert(
      fc.property(hostileName, (text) => {
        const name = pathName(text);

        if (name.length <= 80) assert.equal(decoded(name), text);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives two names for two texts', () => {
    fc.assert(
      fc.property(fc.uniqueArray(hostileName, { minLength: 2, maxLength: 40 }), (texts) => {
        const names = new Set(texts.map(pathName));

        assert.equal(names.size, texts.length);
      }),
      { numRuns: 500 },
    );
  });

  it('gives no text the name that another one was cut to', () => {
    fc.assert(
      fc.property(fc.oneof(hostileName, fc.constant(`${eighty}n`), fc.constant('/'.repeat(27))), (text) => {
        const name = pathName(text);

        assert.ok(name === text || pathName(name) !== name);
        assert.ok(name.length <= 80 || name.length === 97);
      }),
    );
  });
});

describe('textOfName()', () => {
  it('reads back every text that was not cut, except half of a surrogate pair', () => {
    fc.assert(
      fc.property(hostileName, (text) => {
        const name = pathName(text);

        assert.equal(textOfName(name), name.length <= 80 && text.isWellFormed() ? text : undefined);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('nameOfFolder()', () => {
  it('has no name for the folder of events without a name', () => {
    assert.equal(nameOfFolder(noName), null);
  });

  it('shows the folder of a name that was cut, also if its digest resembles an escape', () => {
    const cut = pathName(`${eighty}1`);

    assert.match(cut, /~\d\d[0-9a-f]{14}$/);
    assert.equal(nameOfFolder(cut), cut);
  });
});

describe('isNameFolder()', () => {
  it('knows each name', () => {
    fc.assert(fc.property(hostileName, (text) => assert(text === '' || isNameFolder(pathName(text)))));
    assert(isNameFolder(noName));
  });

  for (const folder of ['', '_delta_log', '.git', '~refused', '~2e', 'date=2026-11-20', 'a b'])
    it(`refuses ${JSON.stringify(folder)}`, () => {
      assert.equal(isNameFolder(folder), false);
    });
});

function digest(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

/** Decodes a name in the lake, as a person would do it. */
function decoded(name: string): string {
  const bytes = name.replaceAll(
    /~([0-9A-F]{2})|[^~]/g,
    (character, hex) => hex ?? character.charCodeAt(0).toString(16),
  );
  return wtf8(Buffer.from(bytes, 'hex'));
}

/** UTF-8, and halves of surrogate pairs in the same way. */
function wtf8(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[\xf0-\xf7]...|[\xe0-\xef]..|[\xc0-\xdf]./gs, (sequence) => {
    const [first = 0, ...rest] = Buffer.from(sequence, 'latin1');
    const lead = first & (0xff >> (sequence.length + 1));
    return String.fromCodePoint(rest.reduce((point, byte) => (point << 6) | (byte & 0x3f), lead));
  });
}
