// A run of the tables dies, or loses an answer, at each request to the store. The next run completes the tables.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compact } from '../../shared/tables/compact.ts';
import { batchFilesOf, eventFile, insertEvent } from '../support/lake-events.ts';
import { type MemoryStore, memoryStore, type StoreFate } from '../support/memory-store.ts';
import { never } from '../support/never.ts';
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
/** One for each kind. Every run has a copy. */
const stores = new Map<Kind, Promise<MemoryStore>>();
type Kind = 'delta' | 'jsonl';

describe('a run of the tables that dies', () => {
  for (const kind of ['delta', 'jsonl'] as const)
    for (const fate of ['fails', 'done-but-fails', 'done-twice'] as const)
      it(`leaves each event once, whichever request ${fate} (${kind})`, async () => {
        const before = await storeOf(kind);
        const requests = await requestsOfRun(before, kind);

        for (let at = 0; at < requests; at++) {
          const store = copyOf(before);
          await runWithFate(store, kind, at, fate);
          await compactAll(store.process(), kind);

          const sequences = await sequencesIn(store, kind);
          assert.deepEqual(sequences, expected(), `request ${at} of ${requests} ${fate}`);
        }
        assert(requests > 15, `only ${requests} requests`);
      });

  it('writes the checkpoint that it owes in the run after', async () => {
    const before = await storeOf('delta');

    const requests = await requestsOfRun(before, 'delta');

    // The checkpoint comes last in a commit, so only the later requests matter.
    for (let at = requests - 30; at < requests; at++) {
      const store = copyOf(before);
      await runWithFate(store, 'delta', at, 'fails');
      put(store, [eventFile(insertEvent({ second: 900 }))]);
      await compactAll(store);

      const checkpoints = await checkpointRowsOf(store, table);
      assert(store.files.has(`${table}/_delta_log/_last_checkpoint`), `request ${at} failed`);
      for (const { version, adds } of checkpoints) assert.equal(adds, addsUpTo(store, version));
    }
  });
});

function storeOf(kind: Kind): Promise<MemoryStore> {
  const store = stores.get(kind) ?? storeBeforeRun(kind);
  stores.set(kind, store);
  return store;
}

/** Nine commits, so that the next run writes a checkpoint after its own. Its events overlap with the table. */
async function storeBeforeRun(kind: Kind): Promise<MemoryStore> {
  const store = storeWith([]);
  for (let second = 0; second < 10; second++) {
    put(store, [eventFile(insertEvent({ second }))]);
    await compactAll(store, kind);
  }
  put(
    store,
    [10, 11].map((second) => eventFile(insertEvent({ second }))),
  );
  put(store, batchFilesOf([3, 11, 12, 13].map((second) => insertEvent({ second }))));
  put(store, batchFilesOf([14, 15].map((second) => insertEvent({ second: second + 86_400 }))));
  return store;
}

function expected(): string[] {
  const seconds = [...Array(14).keys(), 86_414, 86_415];
  return seconds.map((second) => insertEvent({ second })._id._data).sort();
}

async function requestsOfRun(before: MemoryStore, kind: Kind): Promise<number> {
  const store = copyOf(before);
  await compactAll(store, kind);
  return store.requests.length;
}

async function runWithFate(store: MemoryStore, kind: Kind, at: number, fate: StoreFate): Promise<void> {
  const dying = store.process();
  let count = 0;
  let isDead = false;
  dying.fateOf(() => {
    if (isDead) return 'fails';
    const now = count++ === at ? fate : 'done';
    // After a fault the process is gone, and makes no other request.
    isDead = now === 'fails' || now === 'done-but-fails';
    return now;
  });
  const run = compact(placesOver(dying, kind), { range: allHours, isOver: () => false }, never);
  await run.catch((error: unknown) => assert.match(String(error), /ECONNRESET/));
}

function copyOf({ files }: MemoryStore): MemoryStore {
  return memoryStore(new Map(files));
}

async function sequencesIn(store: MemoryStore, kind: Kind): Promise<unknown[]> {
  if (kind === 'delta') return (await sequencesOf(store)).toSorted();
  const paths = [...store.files.keys()].filter((path) => path.startsWith(`${table}/`));
  const lines = paths.flatMap((path) =>
    Buffer.from(store.files.get(path) ?? [])
      .toString()
      .trimEnd()
      .split('\n'),
  );
  return lines.map((line) => JSON.parse(line).sequence).toSorted();
}

function addsUpTo(store: MemoryStore, version: number): number {
  const entries = entriesOf(store, table).slice(0, version + 1);
  return entries.flat().filter(({ add }) => add !== undefined).length;
}
