// Random stories of events, late events, repeats, cuts and runs. In every story the table has exactly the events of the
// lake.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DocumentFormat } from '../../shared/format/formats.ts';
import { compact } from '../../shared/tables/compact.ts';
import { batchFilesOf, eventFile, insertEvent } from '../support/lake-events.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { never } from '../support/never.ts';
import { type Random, randomFrom } from '../support/seeded-random.ts';
import { allHours, compactAll, linesIn, placesOver, put, rowsOf, storeWith } from '../support/tables.ts';

const steps = 40;
const hourMs = 3_600_000;
const firstHour = Date.UTC(2026, 10, 20, 10);

describe('the tables of any story', () => {
  for (const [seed, format] of [
    [11, 'relaxed'],
    [12, 'canonical'],
    [13, 'simple'],
  ] as const)
    it(`are the events of the lake, each once, with the values of its line (seed ${seed}, ${format})`, async () => {
      const random = randomFrom(seed);
      const store = storeWith([]);
      const events: object[] = [];

      for (let step = 0; step < steps; step++) await takeStep(store, events, format, random);
      await compactAll(store);
      const again = await compactAll(store);

      const expected = expectedRows(store);
      for (const table of new Set([...expected.values()].map(({ table }) => table))) {
        const rows = await rowsOf(store, table);
        const wanted = [...expected.values()].filter((row) => row.table === table);
        assert.deepEqual(rows.map(modelRow).toSorted(bySequence), wanted.map(({ row }) => row).toSorted(bySequence));
      }
      assert.equal(again.rows, 0);
      assert(expected.size > 50, `${expected.size} events`);
    });
});

async function takeStep(store: MemoryStore, events: object[], format: DocumentFormat, random: Random): Promise<void> {
  switch (random.below(5)) {
    case 0:
    case 1: {
      const fresh = Array.from({ length: 1 + random.below(8) }, () => randomEvent(random));
      events.push(...fresh);
      put(
        store,
        fresh.map((event) => eventFile(event, { format })),
      );
      return;
    }
    case 2: {
      const fresh = Array.from({ length: 1 + random.below(8) }, () => randomEvent(random));
      const repeated = events.filter(() => random.below(10) === 0);
      events.push(...fresh);
      put(store, batchFilesOf([...fresh, ...repeated], { format }));
      return;
    }
    case 3: {
      const fromMs = firstHour + random.below(30) * hourMs;
      await compactAll(store, 'delta', { fromMs, toMs: fromMs + (1 + random.below(10)) * hourMs });
      return;
    }
    default: {
      // Cut by its budget, between two files or two commits.
      let looks = random.below(20);
      const isOver = (): boolean => looks-- <= 0;
      await compact(placesOver(store), { range: allHours, isOver }, never);
    }
  }
}

let increment = 0;

function randomEvent(random: Random): object {
  increment++;
  const event = insertEvent({
    second: random.below(30 * 3600),
    increment,
    coll: ['orders', 'a b'][random.below(2)] ?? 'orders',
  });
  const { wallTime, ...without } = event;
  return {
    ...(random.below(4) === 0 ? without : event),
    operationType: ['insert', 'update', 'delete', 'someday'][random.below(4)],
    ...(random.below(3) === 0 && { fullDocument: null }),
    ...(random.below(3) === 0 && {
      updateDescription: { updatedFields: { 'a.b': random.below(100) }, removedFields: [] },
    }),
    ...(random.below(3) === 0 && { lsid: { id: 'x' }, txnNumber: { $numberLong: '9007199254740993' } }),
    ...(random.below(5) === 0 && { data: 'own' }),
  };
}

interface Expected {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/**
 * Reads the lines by JSON.parse, because the table's own code finds columns in another way. The file with the first
 * name wins.
 */
function expectedRows(store: MemoryStore): Map<string, Expected> {
  const expected = new Map<string, Expected>();
  const paths = [...store.files.keys()].filter((path) => path.startsWith('lake/'));
  for (const path of paths.sort()) {
    const [, folder = '', year, month, day] = /^lake\/(.+)\/year=(\d+)\/month=(\d+)\/day=(\d+)/.exec(path) ?? [];
    for (const line of linesIn(store.files.get(path))) {
      const { operationType, sequence, ns, documentKey, data, updateDescription, clusterTime, wallTime, ...rest } =
        line;
      if (expected.has(sequence)) continue;
      const row = {
        operationType,
        sequence,
        db: ns.db,
        coll: ns.coll,
        documentKey,
        hasData: data !== null && data !== undefined,
        updateDescription: updateDescription === undefined ? null : Object.keys(updateDescription),
        rest: Object.keys(rest).length === 0 ? null : Object.keys(rest),
        clusterTime,
        wallTime: wallTime === undefined ? null : isoOf(wallTime),
        date: `${year}-${month}-${day}`,
      };
      expected.set(sequence, { table: `lake-tables/${folder}`, row });
    }
  }
  return expected;
}

function isoOf(wallTime: unknown): unknown {
  const date = typeof wallTime === 'string' ? wallTime : JSON.parse(JSON.stringify(wallTime)).$date;
  return typeof date === 'string' ? date : new Date(Number(date.$numberLong)).toISOString();
}

function modelRow({
  data,
  documentKey,
  updateDescription,
  rest,
  clusterTime,
  wallTime,
  file,
  ...row
}: Readonly<Record<string, unknown>>) {
  return {
    ...row,
    documentKey: JSON.parse(String(documentKey)),
    hasData: data !== null,
    updateDescription: updateDescription === null ? null : Object.keys(JSON.parse(String(updateDescription))),
    rest: rest === null ? null : Object.keys(JSON.parse(String(rest))),
    clusterTime: timeOf(clusterTime),
    wallTime: timeOf(wallTime),
  };
}

function timeOf(value: unknown): string | null {
  return value instanceof Date ? value.toISOString() : null;
}

function bySequence(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): number {
  return String(one['sequence']) < String(other['sequence']) ? -1 : 1;
}
