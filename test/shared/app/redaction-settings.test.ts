import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRedactions } from '../../../shared/app/redaction-settings.ts';
import { settingReader } from '../../../shared/app/setting-reader.ts';
import { redactionsOf } from '../../../shared/redact/rules.ts';
import { anyText } from '../../support/any-text.ts';
import { fc } from '../../support/seeded.ts';
import { redactionsFrom, redactKey, redactSecret } from '../redact/redacted.ts';

describe('readRedactions()', () => {
  it('reads rules, paths and actions with any separators', () => {
    const expected = redactionsOf(
      [
        { namespace: 'shop.customers', path: ['email'], action: 'drop' },
        { namespace: 'shop.customers', path: ['card', 'number'], action: 'mask' },
        { namespace: 'shop.*', path: ['first name'], action: 'drop' },
        { namespace: '*', path: ['ssn'], action: 'hash' },
      ],
      redactSecret,
    );

    for (const text of [
      'shop.customers: email, card.number=mask; shop.*: first name; *: ssn=hash',
      'shop.customers:email,card.number=mask;shop.*:first name;*:ssn=hash;',
      ' shop.customers :\n email = drop ,\n card.number = mask ;\n;shop.* : first name=drop ; * : ssn = hash\n',
      '"shop.customers": "email", "card.number"=mask; "shop.*": "first\\u0020name"; "*": "ssn"=hash',
      'shop.customers: email; shop.customers: card.number=mask; shop.*: first name; *: ssn=hash',
    ]) {
      assert.deepEqual(redactionsFrom(text), expected, text);
    }
  });

  it('reads names with separators in quotes', () => {
    assert.deepEqual(
      redactionsFrom('"shop.a;b:c, d=e": "x;y:z, \\"=mask.\\\\"=mask'),
      redactionsOf([{ namespace: 'shop.a;b:c, d=e', path: ['x;y:z, "=mask', '\\'], action: 'mask' }], redactSecret),
    );
  });

  it('reads any field by its quoted path', () => {
    const name = anyText().filter((text) => !/^(\d+|\*|\$.*)$/.test(text) && !text.includes('.'));

    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), fc.constantFrom('drop', 'mask', 'hash'), (path, action) => {
        const read = redactionsFrom(`db.coll: ${JSON.stringify(path.join('.'))}=${action}`);

        assert.deepEqual(read, redactionsOf([{ namespace: 'db.coll', path, action }], redactSecret));
      }),
    );
  });

  it('leaves out positions in arrays', () => {
    assert.deepEqual(redactionsFrom('*: cards.0.number, 17.a'), redactionsFrom('*: cards.number, a'));
  });

  it('splits a namespace at its first dot', () => {
    assert.deepEqual(
      redactionsFrom('shop.customers.archive: a'),
      redactionsOf([{ namespace: 'shop.customers.archive', path: ['a'], action: 'drop' }], redactSecret),
    );
  });

  it('reports nothing without both settings', () => {
    assert.deepEqual(problemsWith(undefined, undefined), []);
    assert.equal(readRedactions(settingReader({})), undefined);
  });

  it('needs a key in the format of a signing secret', () => {
    const mustBe = 'REDACT_KEY must be "whsec_" and 24 to 64 bytes in base64 if REDACT is set';

    assert.deepEqual(problemsWith('*: ssn', undefined), [`${mustBe}: it is not set`]);
    assert.deepEqual(problemsWith('*: ssn', 'none'), [`${mustBe}: it is "none"`]);
    for (const key of ['canary', 'whsec_canary', 'whsec_AAAA', `${redactKey}canary`, `${redactKey} ${redactKey}`])
      assert.deepEqual(problemsWith('*: ssn', key), [`${mustBe}: it has another form`]);
  });

  it('refuses a key without rules', () => {
    assert.deepEqual(problemsWith(undefined, redactKey), [
      'REDACT must be set beside REDACT_KEY, or "none": it is not set',
    ]);
  });

  const problems: Record<string, readonly (readonly [text: string, has: string])[]> = {
    'rules such as "shop.customers: email, card.number=mask; *: ssn=hash"': [
      [';', ';'],
      [' ; ;', '; ;'],
    ],
    'rules of a namespace, one colon and paths, with ";" between rules': [
      ['email', 'email'],
      ['shop.a email', 'shop.a email'],
      ['shop.a: email\nshop.b: email', 'shop.a: email\nshop.b: email'],
      ['"shop.a: email; *: ssn', '"shop.a: email; *: ssn'],
    ],
    'rules for "<database>.<collection>", "<database>.*" or "*"': [
      ['shop: a', 'shop'],
      ['shop.: a', 'shop.'],
      ['.shop: a', '.shop'],
      ['*.customers: a', '*.customers'],
      ['shop.cust*: a', 'shop.cust*'],
      ['sh op.a: a', 'sh op.a'],
      ['shop. a: a', 'shop. a'],
      [': a', ''],
      ['**: a', '**'],
      ['shop."a": a', 'shop."a"'],
    ],
    'rules of paths such as "card.number": names with dots between': [
      ['*:', ''],
      ['*: a,', ''],
      ['*: a..b', 'a..b'],
      ['*: .a', '.a'],
      ['*: a.', 'a.'],
      ['*: a. b', 'a. b'],
      ['*: 0', '0'],
      ['*: "0.17"', '"0.17"'],
      ['*: =mask', ''],
      ['*: card."number"', 'card."number"'],
      ['*: "a" "b"', '"a" "b"'],
      ['*: ["a"]', '["a"]'],
      ['*: "a\\x"', '"a\\x"'],
      ['*: “a”"', '“a”"'],
    ],
    'rules of paths without placeholders: positions in arrays are left out': [
      ['*: cards.*.number', 'cards.*.number'],
      ['*: cards.$.number', 'cards.$.number'],
      ['*: cards.$[].number', 'cards.$[].number'],
      ['*: "cards.$[x].number"', '"cards.$[x].number"'],
    ],
    'rules of paths that end above a type of Extended JSON such as "$oid"': [
      ['*: _id.$oid', '_id.$oid'],
      ['*: a.$date.$numberLong', 'a.$date.$numberLong'],
      ['*: "a.\\u0024code"', '"a.\\u0024code"'],
    ],
    'rules of paths with "=drop", "=mask", "=hash" or nothing behind them': [
      ['*: a=encrypt', 'a=encrypt'],
      ['*: a=Mask', 'a=Mask'],
      ['*: a=', 'a='],
      ['*: a=mask=hash', 'a=mask=hash'],
    ],
  };
  for (const [mustBe, texts] of Object.entries(problems)) {
    it(`refuses what is not ${mustBe}`, () => {
      for (const [text, has] of texts)
        assert.deepEqual(problemsWith(text, redactKey), [`REDACT must be ${mustBe}: it has ${JSON.stringify(has)}`]);
    });
  }

  const misspelled: [path: string, instead: string, mustBe: string][] = [
    ['fullDocument.email', 'email', 'from the root of the document, not of the event'],
    ['updateDescription.updatedFields.email', 'email', 'from the root of the document, not of the event'],
    ['updatedFields.card.number', 'card.number', 'from the root of the document, not of the event'],
    ['data.email', 'email', 'from the root of the document, not of the event'],
    ['fullDocument', '<field>', 'from the root of the document, not of the event'],
    ['tags[].x', 'tags.x', 'with dots between names, and positions in arrays left out'],
    ['tags[0].x', 'tags.x', 'with dots between names, and positions in arrays left out'],
    ['card/number', 'card.number', 'with dots between names'],
  ];
  for (const [path, instead, mustBe] of misspelled)
    it(`refuses ${path}, because it matches nothing, and suggests ${instead}`, () => {
      assert.deepEqual(problemsWith(`*: ${path}`, redactKey), [
        `REDACT must be rules of paths ${mustBe}; or in quotes, where the document has such a name: it has "${path}": write ${instead}`,
      ]);
      assert.deepEqual(problemsWith(`*: ${JSON.stringify(path)}`, redactKey), []);
    });

  it('accepts a field of a document that is called data', () => {
    assert.deepEqual(problemsWith('*: data, data=mask', redactKey), []);
  });

  it('reads quoted names and the keys of a DBRef as field names', () => {
    assert.doesNotThrow(() => redactionsFrom('*: "fullDocument.email", author.$id, $x, "", "a..b", "a.\\ud800"'));
  });

  it('names every problem at once', () => {
    assert.equal(problemsWith('shop: a..b, c=x; *; db.c: *, $oid', undefined).length, 7);
  });

  it('never repeats a key, also not one that was pasted into the wrong setting', () => {
    const told = [
      ...problemsWith(redactKey, redactKey),
      ...problemsWith(`*: ssn; ${redactKey}`, 'canary'),
      ...problemsWith('*', `${redactKey}!`),
    ];

    assert.equal(told.length, 5);
    assert.doesNotMatch(told.join(), /canary|cnJy/);
  });
});

function problemsWith(text: string | undefined, key: string | undefined): readonly string[] {
  const reader = settingReader({ REDACT: text, REDACT_KEY: key });
  readRedactions(reader);
  return reader.problems;
}
