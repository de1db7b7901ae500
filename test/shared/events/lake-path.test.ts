import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { ChangeEvent } from '../../../shared/events/change-event.ts';
import { lakePath, type Naming } from '../../../shared/events/lake-path.ts';
import {
  changeEvents,
  type EventFields,
  eventOf,
  readEvent,
  tokenOf,
  withField,
  withoutField,
} from '../../support/change-events.ts';

const partitioned: Naming = { directory: 'lake', layout: 'partitioned', filePrefix: 'change' };
const hour = 'year=2026/month=11/day=20/hour=10';

describe('lakePath()', () => {
  it('names the namespace, the hour, the time, the document and the digest', () => {
    const path = lakePath(eventOf(changeEvents.insert), partitioned);

    const digest = digestOf(`["sample_mflix","movies","${tokenOf(1)}"]`);
    assert.equal(
      path,
      `lake/sample_mflix/movies/${hour}/change-1795169730-0000000001-573a1390f29313caabcd4135-${digest}.json`,
    );
  });

  it('leaves out namespace and time folders in the flat layout', () => {
    const path = lakePath(eventOf(changeEvents.insert), { ...partitioned, layout: 'flat' });

    const digest = digestOf(`["sample_mflix","movies","${tokenOf(1)}"]`);
    assert.equal(path, `lake/change-1795169730-0000000001-573a1390f29313caabcd4135-${digest}.json`);
  });

  it('begins at the container if no directory is set, and uses FILE_PREFIX', () => {
    const path = lakePath(eventOf(changeEvents.drop), { ...partitioned, directory: '', filePrefix: 'a.b_c-d' });

    const digest = digestOf(`["sample_mflix","movies","${tokenOf(13)}"]`);
    assert.equal(path, `sample_mflix/movies/${hour}/a.b_c-d-1795169730-0000000013-${digest}.json`);
  });

  const places: [name: string, event: EventFields, folder: string, digested: string][] = [
    ['a whole database', changeEvents.dropDatabase, 'sample_mflix/~', `["sample_mflix",null,"${tokenOf(14)}"]`],
    ['a whole cluster', changeEvents.invalidate, '~/~', `[null,null,"${tokenOf(15)}"]`],
    [
      'names that no folder may have',
      withField(changeEvents.drop, 'ns', { db: '..', coll: '~' }),
      '~2E~2E/~7E',
      `["..","~","${tokenOf(13)}"]`,
    ],
  ];
  for (const [name, fields, folder, digested] of places) {
    it(`has a place for events of ${name}`, () => {
      const path = lakePath(eventOf(fields), partitioned);

      assert.match(path, new RegExp(`^lake/${folder}/${hour}/change-1795169730-\\d{10}-${digestOf(digested)}\\.json$`));
    });
  }

  const moments: [time: unknown, folder: string, stamp: string][] = [
    [{ $timestamp: { t: 0, i: 0 } }, 'year=1970/month=01/day=01/hour=00', '0000000000-0000000000'],
    [{ $timestamp: { t: 1_795_175_999, i: 9 } }, 'year=2026/month=11/day=20/hour=11', '1795175999-0000000009'],
    [{ $timestamp: { t: 1_798_761_599, i: 1 } }, 'year=2026/month=12/day=31/hour=23', '1798761599-0000000001'],
    [{ $timestamp: { t: 1_798_761_600, i: 1 } }, 'year=2027/month=01/day=01/hour=00', '1798761600-0000000001'],
    [{ $timestamp: { t: 1_835_395_199, i: 1 } }, 'year=2028/month=02/day=28/hour=23', '1835395199-0000000001'],
    [{ $timestamp: { t: 1_835_395_200, i: 1 } }, 'year=2028/month=02/day=29/hour=00', '1835395200-0000000001'],
    [
      { $timestamp: { t: 4_294_967_295, i: 4_294_967_295 } },
      'year=2106/month=02/day=07/hour=06',
      '4294967295-4294967295',
    ],
  ];
  for (const [clusterTime, folder, stamp] of moments) {
    it(`puts an event of ${JSON.stringify(clusterTime)} into ${folder}`, () => {
      const path = lakePath(eventOf(withField(changeEvents.drop, 'clusterTime', clusterTime)), partitioned);

      assert.match(path, new RegExp(`^lake/sample_mflix/movies/${folder}/change-${stamp}-[0-9a-f]{16}\\.json$`));
    });
  }

  const wallTimes: [date: unknown, folder: string, stamp: string][] = [
    ['2026-11-20T10:15:30.999Z', hour, '1795169730-0000000000'],
    [{ $numberLong: '1795169730999' }, hour, '1795169730-0000000000'],
    ['2026-11-20T23:30:00-01:00', 'year=2026/month=11/day=21/hour=00', '1795221000-0000000000'],
    [{ $numberLong: '253402300799999' }, 'year=9999/month=12/day=31/hour=23', '253402300799-0000000000'],
  ];
  for (const [$date, folder, stamp] of wallTimes) {
    it(`puts an event with the wallTime ${JSON.stringify($date)} alone into ${folder}`, () => {
      const event = eventOf(withField(withoutField(changeEvents.drop, 'clusterTime'), 'wallTime', { $date }));

      const path = lakePath(event, partitioned);

      assert.match(path, new RegExp(`^lake/sample_mflix/movies/${folder}/change-${stamp}-[0-9a-f]{16}\\.json$`));
    });
  }

  it('shows an id only if it is an ObjectId or a UUID', () => {
    const ids = [{ $uuid: 'C2343422-EFE1-4F4C-B755-5BD7CD393228' }, 'SKU-1', { $numberLong: '5' }];

    const paths = ids.map((_id) =>
      lakePath(eventOf(withField(changeEvents.drop, 'documentKey', { _id })), partitioned),
    );

    const digest = digestOf(`["sample_mflix","movies","${tokenOf(13)}"]`);
    assert.deepEqual(
      paths.map((path) => path.slice(path.indexOf('change-1795169730-0000000013'))),
      [
        `change-1795169730-0000000013-c2343422-efe1-4f4c-b755-5bd7cd393228-${digest}.json`,
        `change-1795169730-0000000013-${digest}.json`,
        `change-1795169730-0000000013-${digest}.json`,
      ],
    );
  });

  it('gives one event one path, for any spelling and any document', () => {
    const canonical = changeEvents.update;
    const relaxed = {
      fullDocument: { title: 'newer content at the second look-up' },
      documentKey: { year: 1995, _id: { $oid: '573A1390F29313CAABCD4135' } },
      ns: { coll: 'movies', db: 'sample_mflix' },
      wallTime: { $date: '2026-11-20T10:15:30.25Z' },
      clusterTime: { $timestamp: { i: 2, t: 1_795_169_730 } },
      operationType: 'update',
      _id: { _typeBits: 'x', _data: tokenOf(2) },
    };
    const spellings: ChangeEvent[] = [
      eventOf(canonical),
      eventOf(relaxed),
      readEvent(Buffer.from(JSON.stringify(relaxed, null, 8))),
    ];

    const paths = new Set(spellings.map((event) => lakePath(event, partitioned)));

    assert.equal(paths.size, 1);
  });
});

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
