import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChangeEvent } from '../../../shared/events/change-event.ts';
import {
  changeEvents,
  eventOf,
  eventSeconds,
  heat,
  insertOf,
  movies,
  readEvent,
  textOf,
  tokenOf,
  withField,
  withoutField,
} from '../../support/change-events.ts';
import { fc } from '../../support/seeded.ts';

describe('readChangeEvent()', () => {
  for (const [operationType, fields] of Object.entries(changeEvents)) {
    it(`reads the event of ${operationType}`, () => {
      const event = eventOf(fields);

      assert.equal(event.operationType, operationType);
      assert.equal(event.sequence, fields._id._data);
      assert.equal(event.time.seconds, eventSeconds);
      assert.deepEqual([...event.fields.keys()], Object.keys(fields));
    });
  }

  it('needs only a token, an operation type and a time', () => {
    const { _id, operationType, clusterTime } = changeEvents.insert;

    const event = eventOf({ _id, operationType, clusterTime });

    assert.deepEqual(placeOf(event), {
      operationType: 'insert',
      sequence: tokenOf(1),
      time: { ms: eventSeconds * 1000, seconds: eventSeconds, increment: 1 },
      db: undefined,
      coll: undefined,
      documentId: undefined,
      isSnapshot: false,
    });
  });

  const documents = [null, heat, 'text', 5, [], [heat], {}, { $date: 'soon' }, true];
  for (const document of documents) {
    it(`reads ${JSON.stringify(document)} as a document`, () => {
      const event = eventOf(insertOf(document));

      assert.equal(spanText(event, 'fullDocument'), JSON.stringify(document));
    });
  }

  const additions: [name: string, value: unknown][] = [
    ['_id', { _data: tokenOf(1), _typeBits: { $binary: { base64: 'gkAB', subType: '00' } } }],
    ['lsid', { id: { $uuid: 'c8c0b2f4-9f6c-4c9e-8a53-2f3a0f7d1c11' } }],
    ['txnNumber', { $numberLong: '7' }],
    ['splitEvent', { fragment: { $numberInt: '1' }, of: { $numberInt: '3' } }],
    ['fullDocumentBeforeChange', null],
    ['updateDescription', 'another form'],
    ['documentKey', null],
    ['wallTime', 'another form, beside a clusterTime'],
    ['__proto__', { polluted: true }],
    ['a field of tomorrow', [{ deep: [{}] }]],
  ];
  for (const [name, value] of additions) {
    it(`reads an insert with ${name} ${JSON.stringify(value)}`, () => {
      const event = readEvent(textWith(name, JSON.stringify(value)));

      assert.equal(event.sequence, tokenOf(1));
      assert.equal(spanText(event, name), JSON.stringify(value));
    });
  }

  const namespaces: [ns: unknown, db: string | undefined, coll: string | undefined][] = [
    [movies, 'sample_mflix', 'movies'],
    [{ db: 'shop' }, 'shop', undefined],
    [{ db: 'shop', coll: 'a/b', uuid: 5 }, 'shop', 'a/b'],
    [{}, undefined, undefined],
    [null, undefined, undefined],
  ];
  for (const [ns, db, coll] of namespaces) {
    it(`reads the namespace ${JSON.stringify(ns)}`, () => {
      const event = eventOf(withField(changeEvents.insert, 'ns', ns));

      assert.deepEqual([event.db, event.coll], [db, coll]);
    });
  }

  const clusterTimes: [t: number, i: number][] = [
    [0, 0],
    [eventSeconds, 1],
    [0xffff_ffff, 0xffff_ffff],
  ];
  for (const [t, i] of clusterTimes) {
    it(`reads the clusterTime ${t}, ${i}`, () => {
      const event = eventOf(withField(changeEvents.insert, 'clusterTime', { $timestamp: { t, i } }));

      assert.deepEqual(event.time, { ms: t * 1000, seconds: t, increment: i });
    });
  }

  const wallTimes: [date: unknown, ms: number][] = [
    [{ $numberLong: '0' }, 0],
    [{ $numberLong: '1795169730999' }, 1_795_169_730_999],
    [{ $numberLong: '253402300799999' }, 253_402_300_799_999],
    ['1970-01-01T00:00:00Z', 0],
    ['2026-11-20T10:15:30.999Z', 1_795_169_730_999],
    ['2026-11-20T11:15:30.999+01:00', 1_795_169_730_999],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
  ];
  for (const [$date, ms] of wallTimes) {
    it(`uses the time of the wallTime ${JSON.stringify($date)} of an event without clusterTime`, () => {
      const event = eventOf(withField(withoutField(changeEvents.insert, 'clusterTime'), 'wallTime', { $date }));

      assert.deepEqual(event.time, { ms, seconds: Math.floor(ms / 1000), increment: 0 });
    });
  }

  it('reads the same from any spelling of the same JSON', () => {
    const fields = fc.shuffledSubarray(Object.entries(changeEvents.update), { minLength: 8, maxLength: 8 });
    const spaces = fc.constantFrom('', ' ', '\n\t', '\r\n    ', ' '.repeat(300));
    const plain = eventOf(changeEvents.update);

    fc.assert(
      fc.property(fields, spaces, fc.boolean(), (entries, space, isEscaped) => {
        const event = readEvent(Buffer.from(spelled(Object.fromEntries(entries), space, isEscaped)));

        assert.deepEqual(placeOf(event), placeOf(plain));
      }),
    );
  });

  it('uses the last of a repeated field', () => {
    const text = textOf(changeEvents.insert).toString().slice(0, -1);

    const event = readEvent(Buffer.from(`${text},"operationType":"first","operat\\u0069onType":"last"}`));

    assert.equal(event.operationType, 'last');
  });
});

/** The placing of the event, without its text. */
function placeOf({ text: _text, fields: _fields, ...place }: ChangeEvent) {
  return place;
}

function spanText({ text, fields }: ChangeEvent, name: string): string | undefined {
  const field = fields.get(name);
  return field && Buffer.from(text.subarray(field.start, field.end)).toString();
}

function textWith(name: string, value: string): Uint8Array {
  const others = JSON.stringify(withoutField(changeEvents.insert, name)).slice(0, -1);
  return Buffer.from(`${others},${JSON.stringify(name)}:${value}}`);
}

/** Adds this space between all tokens. Escapes the letters of keys and texts, or not. */
function spelled(value: unknown, space: string, isEscaped: boolean): string {
  const tokens = JSON.stringify(value).match(/"(?:[^"\\]|\\.)*"|[^",:{}[\]]+|[,:{}[\]]/g) ?? [];
  return tokens.map((token) => (isEscaped && token.startsWith('"') ? escaped(token) : token)).join(space);
}

function escaped(quoted: string): string {
  return quoted.replaceAll(/[a-z$_]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
