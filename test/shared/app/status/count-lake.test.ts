import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LakeCounterOptions, type LakeView, lakeCounter } from '../../../../shared/app/status/count-lake.ts';
import { hourFolder } from '../../../../shared/events/lake-path.ts';
import { pathName } from '../../../../shared/lake/path-name.ts';
import { memoryStore } from '../../../support/memory-store.ts';

const now = new Date('2026-11-20T10:30:00Z');
const nowMs = now.getTime();
const minuteMs = 60_000;
/** Its digest begins like an encoded byte. */
const cutName = pathName(`${'n'.repeat(80)}1`);
const naming = { directory: 'events', layout: 'partitioned', filePrefix: 'change' } as const;

describe('lakeCounter()', () => {
  it('counts events, files and bytes of each hour, also of batch files', async () => {
    const lake = lakeOf([
      file('shop/orders', nowMs - 5 * minuteMs, { bytes: 10 }),
      file('shop/orders', nowMs - 10 * minuteMs, { bytes: 20, events: 40 }),
      file('shop/orders', nowMs - 100 * minuteMs, { bytes: 30 }),
      file('shop/orders', nowMs - 30 * 60 * minuteMs, { bytes: 1_000 }),
    ]);

    const { collections } = await lake.view();

    const [orders] = collections;
    assert.deepEqual([orders?.db, orders?.coll, orders?.isPartial], ['shop', 'orders', false]);
    assert.equal(orders?.hours?.length, 24);
    assert.partialDeepStrictEqual(orders?.hours?.at(-1), {
      startMs: nowMs - 30 * minuteMs,
      events: 41,
      files: 2,
      bytes: 30,
    });
    assert.partialDeepStrictEqual(orders?.hours?.at(-3), { events: 1, files: 1, bytes: 30 });
    assert.equal(
      orders?.hours?.reduce((sum, { files }) => sum + files, 0),
      3,
    );
  });

  it('has the newest event, its lag, and the late events', async () => {
    const eventMs = nowMs - 10 * minuteMs;
    const lake = lakeOf([
      file('shop/orders', eventMs, { writtenMs: eventMs + 2_500 }),
      file('shop/orders', nowMs - 120 * minuteMs, { writtenMs: nowMs }),
    ]);

    const [orders] = (await lake.view()).collections;

    assert.partialDeepStrictEqual(orders?.hours?.at(-1)?.newest, { eventMs, writtenMs: eventMs + 2_500 });
    assert.deepEqual(
      orders?.hours?.map(({ late }) => late).filter((late) => late > 0),
      [1],
    );
  });

  it('decodes names, and leaves out folders that are no collection', async () => {
    const lake = lakeOf([
      file('caf~C3~A9/~3Cb~3E', nowMs),
      file('~/~', nowMs),
      file('~refused/hub', nowMs),
      file(`shop/${cutName}`, nowMs),
      file('_tool/x', nowMs),
    ]);

    const { collections } = await lake.view();

    assert.deepEqual(
      collections.map(({ db, coll }) => [db, coll]),
      [
        ['café', '<b>'],
        ['shop', cutName],
        [undefined, undefined],
      ],
    );
  });

  it('does not call the lake while a view is kept, for any reader', async () => {
    const lake = lakeOf([file('shop/orders', nowMs)], { heldMs: 30_000 });

    await Promise.all([lake.view(), lake.view(), lake.view(29_999)]);
    const asked = lake.requests.length;
    await lake.view(30_000);

    // The folders of the lake, those of its database, and one list for each of two days.
    assert.equal(asked, 4);
    assert(lake.requests.length > asked);
  });

  it('counts past hours less often, and finds late events', async () => {
    const lake = lakeOf([file('shop/orders', nowMs - 20 * 60 * minuteMs)]);
    await lake.view();
    lake.add(file('shop/orders', nowMs - 20 * 60 * minuteMs + 1_000));

    const soon = sumOf(await lake.view(minuteMs));
    const later = sumOf(await lake.view(15 * minuteMs));

    assert.deepEqual([soon, later], [1, 2]);
  });

  it('reaches 500 collections view by view, each within its calls', async () => {
    const paths = Array.from({ length: 500 }, (_, index) => file(`db${index % 10}/c${index}`, nowMs));
    const lake = lakeOf(paths, { maxCalls: 100 });
    const waiting: number[] = [];

    for (let view = 0; view < 14; view++) {
      const before = lake.requests.length;
      waiting.push((await lake.view(view * 1_000)).waiting);
      // Each of eight lists can have one open page at the last call.
      assert(lake.requests.length - before <= 108, `${lake.requests.length - before} calls`);
    }

    const { collections } = await lake.view(14_000);
    assert.equal(collections.length, 500);
    assert.equal(waiting.at(-1), 0);
    assert(collections.every(({ hours }) => hours?.at(-1)?.files === 1));
  });

  it('counts a number of collections, and no more, however many there are', async () => {
    const paths = Array.from({ length: 60 }, (_, index) => file(`db${index % 3}/c${index}`, nowMs));
    const databases = Array.from({ length: 60 }, (_, index) => file(`db${index}/c`, nowMs));

    for (const [given, most, hasMore] of [
      [paths, 50, true],
      [paths, 60, false],
      [databases, 50, true],
    ] as const) {
      const lake = lakeOf(given, { maxCollections: most });
      const views = [await lake.view(), await lake.view(1_000)];
      assert.deepEqual(
        views.map((view) => [view.collections.length, view.hasMore]),
        [
          [most, hasMore],
          [most, hasMore],
        ],
      );
    }
  });

  it('counts a day with too many files hour by hour, and marks hours with more files than it counts', async () => {
    const busy = Array.from({ length: 1_600 }, (_, index) => file('shop/orders', nowMs - index * 1_000, { id: index }));
    const lake = lakeOf(busy);

    const [orders] = (await lake.view()).collections;

    assert.equal(orders?.isPartial, true);
    // Ten pages of the memory store: 500 files, of 1,600 in this hour.
    assert.equal(orders?.hours?.at(-1)?.files, 500);
  });

  it('counts a flat lake as one, by the times in its names', async () => {
    const store = memoryStore();
    for (const at of [nowMs, nowMs - 23 * 60 * minuteMs, nowMs - 48 * 60 * minuteMs])
      store.files.set(`events/${nameAt(at)}`, Buffer.from('{}\n'));
    const count = lakeCounter(store.reader, { ...naming, layout: 'flat' }, options({}));

    const view = await count(now);

    assert.equal(view.collections.length, 1);
    assert.equal(sumOf(view), 2);
  });

  it('keeps its counts when the lake fails, and gives a reason without content', async () => {
    const lake = lakeOf([file('shop/orders', nowMs)]);
    await lake.view();
    lake.fails();

    const view = await lake.view(minuteMs);

    assert.equal(sumOf(view), 1);
    assert.equal(view.fault, 'Error');
  });

  it('is empty for an empty lake', async () => {
    const view = await lakeOf([]).view();

    assert.deepEqual([view.collections, view.fault, view.waiting], [[], undefined, 0]);
  });
});

interface Named {
  readonly path: string;
  readonly bytes: number;
  readonly writtenMs: number;
}

function file(
  folder: string,
  eventMs: number,
  {
    bytes = 3,
    events = 1,
    writtenMs = eventMs,
    id = 0,
  }: { bytes?: number; events?: number; writtenMs?: number; id?: number } = {},
): Named {
  return { path: `events/${folder}/${hourFolder(eventMs)}/${nameAt(eventMs, events, id)}`, bytes, writtenMs };
}

function nameAt(eventMs: number, events = 1, id = 0): string {
  const time = `${String(Math.floor(eventMs / 1000)).padStart(10, '0')}-${String(id).padStart(10, '0')}`;
  return events === 1
    ? `change-${time}-573a1390f29313caabcd42e8-0123456789abcdef.json`
    : `change-${time}-${events}-0123456789abcdef.jsonl`;
}

function lakeOf(files: readonly Named[], given: Partial<LakeCounterOptions> = {}) {
  const times = new Map<string, number>();
  const store = memoryStore(new Map(), times);
  const add = ({ path, bytes, writtenMs }: Named): void => {
    store.files.set(path, new Uint8Array(bytes));
    times.set(path, writtenMs);
  };
  for (const one of files) add(one);
  const count = lakeCounter(store.reader, naming, options(given));
  return {
    add,
    requests: store.requests,
    fails: () => store.fateOf(() => 'fails'),
    view: (afterMs = 0): Promise<LakeView> => count(new Date(nowMs + afterMs)),
  };
}

function options(given: Partial<LakeCounterOptions>): LakeCounterOptions {
  return { heldMs: 500, foldersHeldMs: 500, maxCalls: 200, maxCollections: 2_000, ...given };
}

function sumOf({ collections }: LakeView): number {
  return collections.flatMap(({ hours = [] }) => hours).reduce((sum, { files }) => sum + files, 0);
}
