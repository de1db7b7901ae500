// The promises for event hubs, on the built bundle under a simulated host. Storage fails at any request of an
// invocation. The instance crashes or loses its partition at any time. Finally each event has exactly one file or is in
// ~refused.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Azurite, emulatorAccount, emulatorKey, startAzurite } from '../support/azurite.ts';
import { changeEvents, type EventFields, textOf } from '../support/change-events.ts';
import { type DfsServer, fileSystem, startDfsServer } from '../support/dfs-server.ts';
import { type HubInstance, own, type Partition, partitionOf, startHubInstance } from '../support/hub-host.ts';
import { type Fault, forwardTo, type StorageFront, startFront } from '../support/storage-faults.ts';

const directory = 'hub-lake';
let azurite: Azurite;
let front: StorageFront;
let instance: HubInstance;
let partitions = 0;

before(async () => {
  azurite = await startAzurite();
  front = await startFront(forwardTo(azurite.origin));
  instance = await startHubInstance({ after: () => undefined }, environment());
});

after(async () => {
  instance.crash();
  await front.stop();
  await azurite.stop();
});

const never = new Promise<void>(() => undefined);
const requestsOfInvocation = 4;

interface Strike {
  readonly name: string;
  readonly fault: Fault;
  /** Also the requests after it, until the host tries the invocation again. */
  readonly lasts: boolean;
}

const busy = { kind: 'answer', status: 503, code: 'ServerBusy' } as const;
const strikes: readonly Strike[] = [
  { name: 'a 503', fault: busy, lasts: false },
  { name: 'a 403', fault: { kind: 'answer', status: 403, code: 'AuthorizationFailure' }, lasts: false },
  { name: 'a connection that breaks before the request', fault: { kind: 'reset-before' }, lasts: false },
  { name: 'a connection that breaks within it', fault: { kind: 'reset-half' }, lasts: false },
  { name: 'a connection that breaks after it', fault: { kind: 'reset-after' }, lasts: false },
  { name: 'a 500 after it', fault: { kind: 'answer-after', status: 500, code: 'InternalError' }, lasts: false },
  { name: 'a 503 to all from it on', fault: busy, lasts: true },
  { name: 'connections that break after each from it on', fault: { kind: 'reset-after' }, lasts: true },
];

// They run side by side, because most of the time is pauses between tries.
describe('an invocation of the event hub, at each of its storage requests', { concurrency: 16 }, () => {
  for (const { name, fault, lasts } of strikes)
    for (let request = 0; request < requestsOfInvocation; request++)
      it(`loses nothing and writes nothing twice: ${name}, request ${request + 1}`, async () => {
        const partition = nextPartition();
        const order = front.orderLasting(fault, strikeAt(partition, request, lasts));

        const ended = await own(partition, instance, {
          most: 10,
          beforeEach: (invocation) => {
            if (invocation > 1) order.lift();
          },
        });
        order.lift();

        assert.equal(ended, 'done');
        await assertComplete(partition);
      });

  it('finds each file if the same messages are repeated in other invocations', async () => {
    const partition = nextPartition();
    for (const most of [10, 1, 3]) {
      partition.checkpoint = 0;
      assert.equal(await own(partition, instance, { most }), 'done');
      await assertComplete(partition);
    }
  });

  it('moves the checkpoint only past durable events, after any number of retries', async () => {
    const partition = nextPartition();
    const fault: Fault = { kind: 'answer', status: 403, code: 'AuthorizationFailure' };
    const order = front.orderLasting(fault, strikeAt(partition, 0, true));
    const checkpoints: number[] = [];

    await own(partition, instance, {
      most: 2,
      beforeEach: (invocation) => {
        checkpoints.push(partition.checkpoint);
        if (invocation === 4) order.lift();
      },
    });

    assert.deepEqual(checkpoints, [0, 0, 0, 0, 2, 4]);
    const failed = instance.lines.map((line) => JSON.parse(line)).filter((line) => line.partition === partition.id);
    assert.deepEqual(
      failed.map((line) => line.failed),
      [2, 2, 2, 0, 0, 0],
    );
    await assertComplete(partition);
  });
});

describe('an instance that dies', { concurrency: 4 }, () => {
  const crashes: readonly (readonly [string, (released: Promise<void>) => Fault])[] = [
    ['before a request is served', () => ({ kind: 'hold', until: never })],
    ['within a request, which is served after the next instance has begun', (until) => ({ kind: 'late', until })],
  ];
  for (const [name, faultOf] of crashes)
    for (let request = 0; request < requestsOfInvocation; request++)
      it(`loses nothing and writes nothing twice: ${name}, request ${request + 1}`, async (t) => {
        const partition = nextPartition();
        const dying = await startHubInstance({ after: (stop) => t.after(stop) }, environment());
        const { promise: released, resolve: release } = Promise.withResolvers<void>();
        const order = front.order(faultOf(released), strikeAt(partition, request, false));
        const owned = own(partition, dying, { most: 10 });
        await order.begun;
        dying.crash();
        assert.equal(await owned, 'crashed');
        assert.equal(partition.checkpoint, 0);

        const first = instance.invoke(partition, 10);
        release();
        await first;

        assert.equal(await own(partition, instance, { most: 10 }), 'done');
        await assertComplete(partition);
      });

  after(() => front.lateOnes());
});

describe('two instances that own a partition one after the other', () => {
  it('write each event once, also while the first one has not ended yet', async (t) => {
    const first = await startHubInstance({ after: (stop) => t.after(stop) }, environment());
    const partition = nextPartition();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const order = front.order({ kind: 'hold', until: released }, strikeAt(partition, 0, false));
    let isLost = false;
    const owned = own(partition, first, { most: 10, hasLost: () => isLost });
    await order.begun;

    isLost = true;
    const taken = own(partition, instance, { most: 3 });
    release();

    assert.equal(await taken, 'done');
    assert.equal(await owned, 'crashed');
    await assertComplete(partition);
    const { stored, alreadyStored } = countsOf([...first.lines, ...instance.lines], partition);
    assert.deepEqual([stored, alreadyStored], [3, 3]);
  });
});

describe('an invocation of the event hub, at each of its requests of the Data Lake endpoint', {
  concurrency: 16,
}, () => {
  // Create, append and flush of three files: two events and a refused message.
  const requests = 9;
  let lake: DfsServer;
  let onDfs: HubInstance;
  before(async () => {
    lake = await startDfsServer();
    onDfs = await startHubInstance(
      { after: () => undefined },
      { ...environment(), LAKE_URL: `${lake.origin}/${emulatorAccount}/${fileSystem}/${directory}`, LAKE_API: 'dfs' },
    );
  });
  after(async () => {
    onDfs.crash();
    await lake.stop();
  });

  for (const { name, fault, lasts } of strikes.filter(({ lasts: stays }) => !stays))
    for (let request = 0; request < requests; request++)
      it(`loses nothing and writes nothing twice: ${name}, request ${request + 1}`, async () => {
        const partition = nextPartition();
        const order = lake.orderLasting(fault, strikeAt(partition, request, lasts));

        const ended = await own(partition, onDfs, {
          most: 10,
          beforeEach: (invocation) => {
            if (invocation === 1) return;
            order.lift();
            // The lease of an interrupted writer.
            lake.passTime(61_000);
          },
        });
        order.lift();

        assert.equal(ended, 'done');
        await assertCompleteIn(
          {
            names: async (prefix) => lake.names().filter((path) => path.startsWith(prefix)),
            read: async (path) => lake.find(path)?.committed,
          },
          partition,
        );
        assert.deepEqual(lake.misdirected, []);
      });
});

function countsOf(lines: readonly string[], { id }: Partition): { stored: number; alreadyStored: number } {
  const counts = { stored: 0, alreadyStored: 0 };
  for (const line of lines.map((text) => JSON.parse(text))) {
    if (line.partition !== id) continue;
    counts.stored += line.stored;
    counts.alreadyStored += line.alreadyStored;
  }
  return counts;
}

function environment(): Record<string, string> {
  return {
    LAKE_URL: `${front.origin}/${emulatorAccount}/${azurite.container}/${directory}`,
    STORAGE_ACCOUNT_KEY: emulatorKey,
    EVENT_HUB_NAME: 'hub',
    EVENT_HUB_CONNECTION__fullyQualifiedNamespace: 'ns.example',
    // One write after the other, so that each run has the same requests.
    WRITE_CONCURRENCY: '1',
  };
}

/** Three events, a tombstone, and a message without an event: four storage requests. */
function nextPartition(): Partition {
  const id = String(partitions++);
  const event = (fields: EventFields, name: string): Uint8Array =>
    textOf({ ...fields, ns: namespaceOf(id), _id: { _data: `82${name}` } });
  return partitionOf(id, [
    event(changeEvents.insert, 'AA'),
    'no event',
    event(changeEvents.update, 'BB'),
    'null',
    event(changeEvents.delete, 'CC'),
  ]);
}

/** A separate name, so that the address of a request shows its partition. */
function namespaceOf(id: string): { db: string; coll: string } {
  return { db: `db${id}`, coll: 'orders' };
}

/** The request with this number for a partition, or all from this number on. */
function strikeAt(
  { id }: Partition,
  request: number,
  lasts: boolean,
): (request: { url?: string | undefined }) => boolean {
  let seen = 0;
  return ({ url = '' }) => {
    if (!url.includes(`/db${id}/`) && !url.includes(`/hub/${id}/`)) return false;
    const at = seen++;
    return lasts ? at >= request : at === request;
  };
}

/** Every event of the partition is completely in exactly one file. Messages without an event are in ~refused. */
async function assertComplete(partition: Partition): Promise<void> {
  await assertCompleteIn(azurite, partition);
}

interface StoredFiles {
  readonly names: (prefix: string) => Promise<readonly string[]>;
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
}

async function assertCompleteIn(store: StoredFiles, { id, messages }: Partition): Promise<void> {
  const names = await store.names(`${directory}/db${id}/orders/`);
  const files = await Promise.all(names.map(async (name) => Buffer.from((await store.read(name)) ?? '').toString()));
  assert.deepEqual(files.map((text) => JSON.parse(text).sequence).toSorted(), ['82AA', '82BB', '82CC']);
  const refused = await store.names(`${directory}/~refused/hub/${id}/`);
  assert.deepEqual(refused, [`${directory}/~refused/hub/${id}/101.refused`]);
  const kept = JSON.parse(Buffer.from((await store.read(refused[0] ?? '')) ?? '').toString());
  assert.equal(kept.body, String(messages[1]?.body));
}
