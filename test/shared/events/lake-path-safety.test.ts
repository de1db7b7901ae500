import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { describe, it } from 'node:test';
import { type Layout, lakePath, type Naming } from '../../../shared/events/lake-path.ts';
import { assertLakePath } from '../../../shared/lake/path-rules.ts';
import { changeEvents, type EventFields, eventOf } from '../../support/change-events.ts';
import { hostileCollection, hostileDatabase, hostileName } from '../../support/hostile-names.ts';
import { fc } from '../../support/seeded.ts';

/** The deepest and longest directory that settings allow. */
const deepest = Array(50).fill('d'.repeat(11)).join('/').padEnd(600, 'd');

const directory = fc
  .array(fc.stringMatching(/^[a-zA-Z0-9 ._-]{0,10}[a-zA-Z0-9]$/), { maxLength: 50 })
  .map((levels) => levels.join('/'));

const naming: fc.Arbitrary<Naming> = fc.record({
  directory: fc.oneof(directory, fc.constant(deepest)),
  layout: fc.constantFrom<Layout>('partitioned', 'flat'),
  filePrefix: fc.constantFrom('change', 'c', 'p'.repeat(80)),
});

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const documentId = fc.oneof(
  hostileName,
  hostileName.map(($oid) => ({ $oid })),
  fc.uuid().map(($uuid) => ({ $uuid })),
  fc.constant({ $oid: '573a1390f29313caabcd4135' }),
);

const hostileEvent: fc.Arbitrary<EventFields> = fc
  .record({
    ns: fc.record({ db: hostileDatabase, coll: hostileCollection }, { requiredKeys: [] }),
    _data: hostileName,
    time: fc.record({ t: uint32, i: uint32 }),
    _id: documentId,
    operationType: hostileCollection,
  })
  .map(({ ns, _data, time, _id, operationType }) => ({
    ...changeEvents.insert,
    _id: { _data },
    operationType,
    ns,
    clusterTime: { $timestamp: time },
    documentKey: { _id },
  }));

describe('lakePath() for hostile events', () => {
  it('stays inside the directory and the limits of the lake', () => {
    fc.assert(
      fc.property(hostileEvent, naming, (fields, settings) => {
        const path = lakePath(eventOf(fields), settings);

        assertLakePath(path);
        const prefix = settings.directory === '' ? '' : `${settings.directory}/`;
        assert.ok(path.startsWith(prefix));
        const levels = path.slice(prefix.length).split('/');
        assert.equal(levels.length, settings.layout === 'flat' ? 1 : 7);
        assert.equal(posix.normalize(path), path);
        assert.equal(win32.normalize(path).replaceAll('\\', '/'), path);
        assert.equal(
          new URL(`https://account.blob.core.windows.net/lake/${path}`).pathname,
          `/lake/${encodeURI(path)}`,
        );
        for (const level of levels) assert.match(level, /^(?![._])[A-Za-z0-9._=~-]+(?<!\.)$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('has at most 1024 characters with the longest names', () => {
    const event = eventOf({
      ...changeEvents.insert,
      ns: { db: '漢'.repeat(21), coll: '漢'.repeat(63) },
      clusterTime: { $timestamp: { t: 0xffff_ffff, i: 0xffff_ffff } },
      documentKey: { _id: { $uuid: 'c2343422-efe1-4f4c-b755-5bd7cd393228' } },
    });
    const path = lakePath(event, { directory: deepest, layout: 'partitioned', filePrefix: 'p'.repeat(80) });

    assert.equal(path.length, 600 + '/'.length * 4 + 97 * 2 + 'year=2106/month=02/day=07/hour=06'.length + 80 + 81);
    assertLakePath(path);
  });

  it('gives two events two paths, in each layout', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(identity, { minLength: 2, maxLength: 20, selector: String }),
        naming,
        (events, settings) => {
          const paths = events.map(([db, coll, _data]) => {
            const ns = { ...(db === undefined ? {} : { db }), ...(coll === undefined ? {} : { coll }) };
            return lakePath(eventOf({ ...changeEvents.drop, _id: { _data }, ns }), settings);
          });

          assert.equal(new Set(paths).size, events.length);
        },
      ),
    );
  });

  it('gives the same event the same path each time', () => {
    fc.assert(
      fc.property(hostileEvent, naming, (fields, settings) => {
        const reordered = Object.fromEntries(Object.entries(fields).reverse());

        const paths = [fields, reordered].map((spelling) => lakePath(eventOf(spelling), settings));

        assert.equal(paths[0], paths[1]);
      }),
    );
  });
});

/** The identity of an event. Names are short and have few letters, so that some differ in one place only. */
const shortName = fc.constantFrom('a', 'b', '~', 'null', 'a","b');
const identity = fc.tuple(
  fc.option(fc.oneof(hostileDatabase, shortName), { nil: undefined }),
  fc.option(fc.oneof(hostileCollection, shortName), { nil: undefined }),
  fc.oneof(hostileName, shortName),
);
