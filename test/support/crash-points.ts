// THE proof of the first two promises. Storage fails in every way at every request of a delivery. A 2xx means complete
// files. A repeat ends in exactly one file per event (per batch with LAKE_FILES=batch), complete and written once.
import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { stopWatching } from '../../local/testing/unwatched-promises.ts';
import { bytesInFlight } from '../../shared/http/bytes-in-flight.ts';
import { type Receiver, receive } from '../../shared/http/receive.ts';
import { toResponse } from '../../shared/http/response.ts';
import { openWriter } from '../../shared/lake/open-lake.ts';
import { changeEvents, type EventFields, heat, textOf, withField } from './change-events.ts';
import { deliveryOf, now, receiverWith, settingsWith } from './deliveries.ts';
import { memoryLake } from './memory-lake.ts';
import { inOwnTime } from './quick-time.ts';
import type { StorageFront } from './storage-faults.ts';
import { faults, type MakeFault, type Strike, strikesAt } from './strikes.ts';
import { isStored, type SentEvent, type StoredFiles, witness } from './witness.ts';

export interface StruckStorage {
  readonly front: StorageFront;
  readonly environment: Readonly<Record<string, string>>;
  /** Every file that a reader can find. */
  readonly files: () => Promise<StoredFiles>;
  readonly passTime: (ms: number) => void;
}

interface Mode {
  readonly name: string;
  readonly files: 'event' | 'batch';
  /** One event is sent as it is, several as an array. */
  readonly events: readonly EventFields[];
  /** The distance of the second fault from the first. */
  readonly secondAtMost: number;
}

const { insert, update } = changeEvents;
const elsewhere = withField(changeEvents.delete, 'ns', { db: 'sample_mflix', coll: 'shows' });

const modes: readonly Mode[] = [
  { name: 'a single event', files: 'event', events: [update], secondAtMost: 2 },
  { name: 'an array, one event twice', files: 'event', events: [insert, update, insert], secondAtMost: 0 },
  {
    name: 'LAKE_FILES=batch, one event twice',
    files: 'batch',
    events: [insert, update, elsewhere, insert],
    secondAtMost: 0,
  },
];

interface Sender {
  /** A multiple of the answer's `retry-after`: within the lease of a crashed try, or after it. */
  readonly comesAfter: number;
  readonly resends: 'all' | 'failed';
}

const triesAtMost = 15;

/** Each fault is one test for each mode. A test holds all its crash points. */
export function describeCrashPoints(api: 'blob' | 'dfs', open: (t: TestContext) => Promise<StruckStorage>): void {
  describe(`a delivery with LAKE_API=${api}, at each of its storage requests`, { concurrency: 10 }, () => {
    // Half a million promises.
    before(stopWatching);
    for (const [turn, [name, faultOf]] of [...faults].entries()) {
      for (const mode of modes) {
        it(`${mode.name}: ${name}`, async (t) => {
          const requests = await requestsOf(mode, await open(t));
          const strikes = strikesAt(requests, mode.secondAtMost, turn);

          const runs = strikes.map(async (strike, index) => {
            // Some senders retry at once and some later. Some send everything again, and some only the failed events.
            const sender: Sender = { comesAfter: index % 3 === 0 ? 1 : 4, resends: index % 2 === 0 ? 'all' : 'failed' };
            const run = deliver(mode, await open(t), faultOf, index, strike, sender);
            await run.catch((error) => assert.fail(`${strike.name} of ${requests}: ${error.message}`));
          });

          await Promise.all(runs);
          t.diagnostic(`${strikes.length} crash points`);
        });
      }
    }
  });

  /** The number of requests of a delivery without faults. Its reported files exist by then. */
  async function requestsOf(mode: Mode, storage: StruckStorage): Promise<number> {
    const { expect, look, lookAtLast } = witness();
    expect(await filesOf(mode.events, mode, storage));
    const { events } = await sendTo(storage, mode.events, await openReceiver(mode, storage));
    look(await storage.files(), events);
    lookAtLast(await storage.files());
    return storage.front.requests.length;
  }

  /** A new receiver for each delivery, because no delivery may need the memory of a process. */
  async function openReceiver({ files }: Mode, { environment }: StruckStorage): Promise<Receiver> {
    const settings = settingsWith({ ...environment, LAKE_API: api, LAKE_FILES: files });
    return { settings, lake: await openWriter(settings.lake), inFlight: bytesInFlight(settings.maxBytesInFlight) };
  }

  async function deliver(
    mode: Mode,
    storage: StruckStorage,
    faultOf: MakeFault,
    turn: number,
    strike: Strike,
    sender: Sender,
  ): Promise<void> {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const order = storage.front.orderLasting(faultOf(released, turn), strike.fits());
    const { expect, look, lookAtLast } = witness();

    let left = mode.events;
    for (let delivery = 1; left.length > 0; delivery++) {
      assert(delivery <= triesAtMost, 'sending again must come to an end');
      const events = left.map((event) => lookedUpAnew(event, delivery));
      expect(await filesOf(events, mode, storage));
      const receiver = await openReceiver(mode, storage);
      const answer = await sendTo(storage, events, receiver);
      look(await storage.files(), answer.events);
      left = left.filter(
        (_, index) => (sender.resends === 'all' && answer.status !== 200) || !isAcknowledged(answer, index),
      );
      if (strike.endsWith === 'delivery') order.lift();
      release();
      storage.passTime(answer.retryAfterMs * sender.comesAfter);
    }

    order.lift();
    await storage.front.lateOnes();
    const again = await sendTo(storage, mode.events, await openReceiver(mode, storage));
    look(await storage.files(), again.events);
    assert.deepEqual(new Set(again.events.map(({ outcome }) => outcome)), new Set(['alreadyStored']));
    lookAtLast(await storage.files());
  }
}

interface SenderView {
  readonly status: number;
  readonly retryAfterMs: number;
  readonly events: readonly SentEvent[];
}

/** Its time passes only after its first request, because only a write may reach its deadline. */
async function sendTo({ front }: StruckStorage, events: readonly EventFields[], receiver: Receiver) {
  const before = front.requests.length;
  return await inOwnTime(
    () => send(events, receiver),
    () => front.requests.length > before && front.isAtRest(),
  );
}

/** The receipt of a sender. Its counts must add up. */
async function send(events: readonly EventFields[], receiver: Receiver): Promise<SenderView> {
  const delivery = deliveryOf(textOf(events.length === 1 ? events[0] : events));
  const receipt = await receive(delivery, receiver, now);
  const { status, headers, body } = toResponse(receipt, receiver.settings);
  const { stored, alreadyStored, refused, failed, events: outcomes } = JSON.parse(body);
  const seconds = Number(headers['retry-after'] ?? 0);

  assert.equal(outcomes.length, events.length);
  for (const [outcome, count] of Object.entries({ stored, alreadyStored, refused, failed }))
    assert.equal(outcomes.filter((event: SentEvent) => event.outcome === outcome).length, count);
  assert.equal(stored + alreadyStored + refused + failed, events.length);
  assert.equal(status, failed > 0 ? 503 : 200);
  assert.equal(seconds > 0, failed > 0);
  return { status, retryAfterMs: seconds * 1000, events: outcomes };
}

function isAcknowledged({ events }: SenderView, index: number): boolean {
  const event = events[index];
  return event !== undefined && isStored(event);
}

/** Like the document of an update: a later delivery of the event can have a newer one. */
function lookedUpAnew(event: EventFields, delivery: number): EventFields {
  return withField(event, 'fullDocument', { ...heat, delivery });
}

/** The files of a delivery without faults. */
async function filesOf(events: readonly EventFields[], mode: Mode, { environment }: StruckStorage) {
  const lake = memoryLake();
  const { status } = await send(events, receiverWith(lake, { ...environment, LAKE_FILES: mode.files }));
  assert.equal(status, 200);
  return lake.files;
}
