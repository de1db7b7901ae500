import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RefusedField, refusalText } from '../../../shared/events/refusal.ts';
import {
  changeEvents,
  type EventFields,
  eventOf,
  readEvent,
  refusalOf,
  textOf,
  withField,
  withoutField,
} from '../../support/change-events.ts';

const canary = 'canary-4711';
const wrongFields: [name: RefusedField, values: unknown[]][] = [
  ['_id', [canary, null, 5, [], {}, { _data: '' }, { _data: null }, { _data: { hex: canary } }, { data: canary }]],
  ['operationType', ['', null, 5, [canary], { name: canary }]],
  [
    'clusterTime',
    [
      null,
      canary,
      5,
      [],
      {},
      { $timestamp: canary },
      { $timestamp: { t: 5 } },
      { $timestamp: { i: 5 } },
      { $timestamp: { t: '5', i: 1 } },
      { $timestamp: { t: 5, i: -1 } },
      { $timestamp: { t: 5.5, i: 1 } },
      { $timestamp: { t: 2 ** 32, i: 1 } },
      { $timestamp: { t: 5, i: 2 ** 32 } },
      { $timestamp: { t: 5, i: 1, extra: canary } },
      { $timestamp: { t: 5, i: 1 }, extra: canary },
      { $date: '2026-11-20T10:15:30Z' },
      { $timestamp: { t: 5, i: 1 }, padding: canary.repeat(1000) },
    ],
  ],
  [
    'ns',
    [
      canary,
      5,
      [],
      [canary],
      false,
      canary.repeat(1000),
      { db: '' },
      { db: null },
      { db: 5 },
      { db: 'shop', coll: '' },
      { db: 'shop', coll: null },
      { db: 'shop', coll: { name: canary } },
    ],
  ],
];

const wrongWallTimes: unknown[] = [
  null,
  canary,
  1_795_169_730_999,
  {},
  { $date: canary },
  { $date: 1_795_169_730_999 },
  { $date: '2026-02-30T00:00:00Z' },
  { $date: '1969-12-31T23:59:59.999Z' },
  { $date: '1970-01-01T00:00:00+01:00' },
  { $date: '+010000-01-01T00:00:00Z' },
  { $date: { $numberLong: '-1' } },
  { $date: { $numberLong: '253402300800000' } },
  { $date: { $numberLong: canary } },
  { $date: { $numberLong: '5' }, extra: canary },
];

describe('readChangeEvent(), refusing', () => {
  for (const [name, values] of wrongFields) {
    for (const value of values) {
      it(`names ${name} if it is ${shown(value)}`, () => {
        const refusal = refusalOf(textOf(withField(changeEvents.insert, name, value)));

        assert.deepEqual(refusal, { code: 'malformed', field: name });
      });
    }
  }

  for (const value of wrongWallTimes) {
    it(`names wallTime if it replaces clusterTime and is ${shown(value)}`, () => {
      const refusal = refusalOf(textOf(withField(timeless(), 'wallTime', value)));

      assert.deepEqual(refusal, { code: 'malformed', field: 'wallTime' });
    });
  }

  const missing: [event: EventFields, field: RefusedField][] = [
    [withoutField(changeEvents.insert, '_id'), '_id'],
    [withoutField(changeEvents.insert, 'operationType'), 'operationType'],
    [timeless(), 'clusterTime'],
  ];
  for (const [event, field] of missing) {
    it(`says that ${field} is missing`, () => {
      assert.deepEqual(refusalOf(textOf(event)), { code: 'missing', field });
    });
  }

  for (const value of [null, canary, 5, true, [], [changeEvents.insert]]) {
    it(`refuses ${shown(value)} as no event`, () => {
      assert.deepEqual(refusalOf(textOf(value)), { code: 'not-an-object', field: '' });
    });
  }

  const atTheLimit: [what: string, event: EventFields][] = [
    ['a database of 63 bytes', withNamespace({ db: `${'d'.repeat(61)}é`, coll: 'c' })],
    ['a namespace of 255 bytes', withNamespace({ db: 'shop', coll: 'c'.repeat(250) })],
    ['a collection of 255 bytes without a database', withNamespace({ coll: 'c'.repeat(255) })],
    ['an operation type of 255 bytes', withField(changeEvents.insert, 'operationType', 'o'.repeat(255))],
    ['a token of 16 MiB', withField(changeEvents.insert, '_id', { _data: '8'.repeat(16 * 1024 * 1024) })],
  ];
  for (const [what, event] of atTheLimit) {
    it(`takes ${what}`, () => {
      assert.doesNotThrow(() => eventOf(event));
    });
  }

  const overTheLimit: [what: string, event: EventFields, field: RefusedField][] = [
    ['a database of 64 bytes', withNamespace({ db: 'd'.repeat(64), coll: 'c' }), 'ns.db'],
    ['a database of 33 letters of two bytes', withNamespace({ db: 'é'.repeat(33) }), 'ns.db'],
    ['a database of 1 MB', withNamespace({ db: ' '.repeat(1_000_000), coll: 'c' }), 'ns.db'],
    ['a namespace of 256 bytes', withNamespace({ db: 'shop', coll: 'c'.repeat(251) }), 'ns.coll'],
    ['a collection of 1 MB', withNamespace({ coll: 'é'.repeat(500_000) }), 'ns.coll'],
    [
      'an operation type of 256 bytes',
      withField(changeEvents.insert, 'operationType', 'o'.repeat(256)),
      'operationType',
    ],
    ['a token over 16 MiB', withField(changeEvents.insert, '_id', { _data: '8'.repeat(16 * 1024 * 1024 + 1) }), '_id'],
  ];
  for (const [what, event, field] of overTheLimit) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(refusalOf(textOf(event)), { code: 'too-long', field });
    });
  }

  it('measures a name without its escapes', () => {
    const text = (letters: number): Buffer =>
      Buffer.from(
        JSON.stringify(withNamespace({ db: 'd', coll: 'c' })).replace('"d"', `"${'\\u0064'.repeat(letters)}"`),
      );

    assert.equal(readEvent(text(63)).db, 'd'.repeat(63));
    assert.deepEqual(refusalOf(text(64)), { code: 'too-long', field: 'ns.db' });
  });

  it('never shows content of the event', () => {
    const event: EventFields = JSON.parse(JSON.stringify(changeEvents.insert), (_key, value) =>
      typeof value === 'string' ? `${canary}-${value}` : value,
    );
    const wrong = [
      ...wrongFields.flatMap(([name, values]) => values.map((value) => withField(event, name, value))),
      ...wrongWallTimes.map((value) => withField(withoutField(event, 'clusterTime'), 'wallTime', value)),
      ...Object.keys(changeEvents.insert).map((name) => ({ [name]: event[name] })),
    ];

    const texts = wrong.map((fields) => refusalText(refusalOf(textOf(fields))));

    assert.equal(
      texts.find((text) => text.includes(canary)),
      undefined,
    );
  });

  it('does not replace a malformed clusterTime by wallTime', () => {
    const { clusterTime: _, ...others } = changeEvents.insert;

    const refusal = refusalOf(textOf({ ...others, clusterTime: { T: 5, I: 1 } }));

    assert.deepEqual(refusal, { code: 'malformed', field: 'clusterTime' });
  });

  it('refuses an object with too many fields', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, index]));
    const own = Object.keys(changeEvents.insert).length;

    assert.deepEqual(refusalOf(textOf({ ...changeEvents.insert, ...many(1001 - own) })), {
      code: 'too-many-fields',
      field: '',
    });
    assert.doesNotThrow(() => eventOf({ ...changeEvents.insert, ...many(1000 - own) }));
  });
});

function withNamespace(ns: EventFields): EventFields {
  return withField(changeEvents.insert, 'ns', ns);
}

function timeless(): EventFields {
  return withoutField(withoutField(changeEvents.insert, 'clusterTime'), 'wallTime');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
