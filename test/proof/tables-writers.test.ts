// Eight runs at once, each with its own crashes and lost answers. Events arrive meanwhile.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compact } from '../../shared/tables/compact.ts';
import { batchFilesOf, eventFile, insertEvent } from '../support/lake-events.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { never } from '../support/never.ts';
import { randomFrom } from '../support/seeded-random.ts';
import {
  allHours,
  checkpointRowsOf,
  compactAll,
  entriesOf,
  placesOver,
  put,
  sequencesOf,
  storeWith,
} from '../support/tables.ts';

const table = 'lake-tables/shop/orders';
const writers = 8;
const rounds = 6;
const eventsPerRound = 40;

describe('eight runs of the tables at once', () => {
  for (const seed of [1, 2, 3])
    it(`leave each event once, with crashes and lost answers (seed ${seed})`, async () => {
      const random = randomFrom(seed);
      const store = storeWith([]);
      let faults = 0;
      let conflicts = 0;
      const all = new Set<string>();

      for (let round = 0; round < rounds; round++) {
        arrive(store, round, all);
        await Promise.all(
          Array.from({ length: writers }, async () => {
            const writer = store.process();
            writer.fateOf(({ kind }) => {
              const chance = random.below(1000) / 1000;
              if (chance > 0.06 || kind === 'folders') return 'done';
              if (chance > 0.03) return 'done-twice';
              faults++;
              return chance > 0.015 ? 'done-but-fails' : 'fails';
            });
            const run = compact(placesOver(writer), { range: allHours, isOver: () => false }, never);
            const report = await run.catch((error: unknown) => assert.match(String(error), /ECONNRESET/));
            conflicts += report?.conflicts ?? 0;
          }),
        );
      }
      await compactAll(store);

      const sequences = await sequencesOf(store);
      assert.deepEqual(sequences.toSorted(), [...all].sort());
      for (const { version, adds } of await checkpointRowsOf(store, table))
        assert.equal(
          adds,
          entriesOf(store, table)
            .slice(0, version + 1)
            .flat()
            .filter(({ add }) => add !== undefined).length,
        );
      assert(faults > 0 && conflicts > 0, `${faults} faults, ${conflicts} conflicts`);
    });
});

/** New events, late ones, and batches that repeat some of both. */
function arrive(store: MemoryStore, round: number, all: Set<string>): void {
  const events = Array.from({ length: eventsPerRound }, (_, index) => {
    const isLate = index % 10 === 0;
    return insertEvent({ second: (isLate ? 0 : round * 600) + index, increment: round + 1 });
  });
  for (const { _id } of events) all.add(_id._data);
  put(
    store,
    events.slice(0, 20).map((event) => eventFile(event)),
  );
  put(store, batchFilesOf(events.slice(15)));
}
