import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  changeEvents,
  type EventFields,
  eventOf,
  refusalOf,
  textOf,
  withField,
  withoutField,
} from '../../support/change-events.ts';

const canary = 'canary-4711';
const token = '"_id" must be a resume token {"_data":"…"}';
const operation = '"operationType" must be a non-empty string';
const timestamp = 'a timestamp {"$timestamp":{"t":…,"i":…}} of whole numbers from 0 to 4294967295';
const date = 'a date {"$date":…} of the years 1970 to 9999';
const clusterTime = `"clusterTime" must be ${timestamp}`;
const wallTime = `"wallTime" must be ${date}`;
const namespace = '"ns" must be an object with "db" and "coll" as non-empty strings, where it has them';

const wrongFields: [name: string, requirement: string, values: unknown[]][] = [
  [
    '_id',
    token,
    [canary, null, 5, [], {}, { _data: '' }, { _data: null }, { _data: { hex: canary } }, { data: canary }],
  ],
  ['operationType', operation, ['', null, 5, [canary], { name: canary }]],
  [
    'clusterTime',
    clusterTime,
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
    namespace,
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
  for (const [name, requirement, values] of wrongFields) {
    for (const value of values) {
      it(`names ${name} where it is ${shown(value)}`, () => {
        const reason = refusalOf(textOf(withField(changeEvents.insert, name, value)));

        assert.equal(reason, `Cannot read change event: ${requirement}: it is of another form`);
      });
    }
  }

  for (const value of wrongWallTimes) {
    it(`names wallTime where it stands in for clusterTime and is ${shown(value)}`, () => {
      const reason = refusalOf(textOf(withField(timeless(), 'wallTime', value)));

      assert.equal(reason, `Cannot read change event: ${wallTime}: it is of another form`);
    });
  }

  const missing: [event: EventFields, requirement: string][] = [
    [withoutField(changeEvents.insert, '_id'), token],
    [withoutField(changeEvents.insert, 'operationType'), operation],
    [timeless(), `${clusterTime}, or "wallTime" ${date}`],
  ];
  for (const [event, requirement] of missing) {
    it(`says that it is missing: ${requirement}`, () => {
      const reason = refusalOf(textOf(event));

      assert.equal(reason, `Cannot read change event: ${requirement}: it is missing`);
    });
  }

  for (const value of [null, canary, 5, true, [], [changeEvents.insert]]) {
    it(`takes ${shown(value)} for no event`, () => {
      const reason = refusalOf(textOf(value));

      assert.equal(reason, 'Cannot read change event: the event must be a JSON object: it is of another form');
    });
  }

  it('never shows what stands in the event', () => {
    const event: EventFields = JSON.parse(JSON.stringify(changeEvents.insert), (_key, value) =>
      typeof value === 'string' ? `${canary}-${value}` : value,
    );
    const wrong = [
      ...wrongFields.flatMap(([name, , values]) => values.map((value) => withField(event, name, value))),
      ...wrongWallTimes.map((value) => withField(withoutField(event, 'clusterTime'), 'wallTime', value)),
      ...Object.keys(changeEvents.insert).map((name) => ({ [name]: event[name] })),
    ];

    const reasons = wrong.map((fields) => refusalOf(textOf(fields)));

    assert.equal(
      reasons.find((reason) => reason.includes(canary)),
      undefined,
    );
  });

  it('does not put wallTime in the place of a clusterTime of another form', () => {
    const { clusterTime: _, ...others } = changeEvents.insert;

    const reason = refusalOf(textOf({ ...others, clusterTime: { T: 5, I: 1 } }));

    assert.equal(reason, `Cannot read change event: ${clusterTime}: it is of another form`);
  });

  it('refuses an object of more fields than any event has', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, index]));
    const own = Object.keys(changeEvents.insert).length;

    assert.match(
      refusalOf(textOf({ ...changeEvents.insert, ...many(1001 - own) })),
      /at most 1000 fields: it has more$/,
    );
    assert.doesNotThrow(() => eventOf({ ...changeEvents.insert, ...many(1000 - own) }));
  });
});

function timeless(): EventFields {
  return withoutField(withoutField(changeEvents.insert, 'clusterTime'), 'wallTime');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
