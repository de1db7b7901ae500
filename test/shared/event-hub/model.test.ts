// A model of a partition: messages of all kinds, storage that fails and hangs, instances that die, owners that change,
// cuts that differ. In the end each event has exactly one file or is in ~refused. It shares no world with the sender's
// models. The hub keeps events that are not durable. So there is a checkpoint, and no outbox.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byteGate } from '../../../shared/event-hub/byte-gate.ts';
import { readInvocation } from '../../../shared/event-hub/invocation.ts';
import { isDone, takeMessages } from '../../../shared/event-hub/take-messages.ts';
import { bytesInFlight } from '../../../shared/http/bytes-in-flight.ts';
import type { LakeWriter } from '../../../shared/lake/lake.ts';
import { changeEvents, textOf } from '../../support/change-events.ts';
import { settingsWith } from '../../support/deliveries.ts';
import { type Ended, own, type Partition, partitionOf } from '../../support/hub-host.ts';
import { never } from '../../support/never.ts';
import { fc } from '../../support/seeded.ts';

type Write = 'ok' | 'fails' | 'fails-after' | 'hangs';

const plan = fc.record({
  kinds: fc.array(fc.constantFrom('event', 'event', 'again', 'poison', 'tombstone', 'no-event'), {
    minLength: 1,
    maxLength: 24,
  }),
  writes: fc.array(fc.constantFrom<Write>('ok', 'ok', 'ok', 'fails', 'fails-after', 'hangs'), { maxLength: 40 }),
  owners: fc.array(fc.record({ most: fc.integer({ min: 1, max: 7 }), diesAt: fc.integer({ min: 1, max: 6 }) }), {
    maxLength: 4,
  }),
  rewinds: fc.integer({ min: 0, max: 5 }),
  files: fc.constantFrom('event', 'batch'),
});

describe('an event hub in the model', () => {
  it('ends with each event in exactly one file or in ~refused, with every fault', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ kinds, writes, owners, rewinds, files }) => {
        const { partition, events, refused } = messagesOf(kinds);
        const lake = strickenLake(writes);
        const owned = { lake, files };

        for (const { most, diesAt } of owners) {
          await own(partition, instanceOn(owned, diesAt), { most });
          // A crash between the last checkpoint and its write.
          partition.checkpoint = Math.max(0, partition.checkpoint - rewinds);
        }
        lake.calm();
        await own(partition, instanceOn(owned, Number.POSITIVE_INFINITY), { most: 5 });

        const held = [...lake.files].filter(([path]) => !path.startsWith('~refused/'));
        const sequences = held.flatMap(([, text]) =>
          text
            .trimEnd()
            .split('\n')
            .map((line) => String(JSON.parse(line).sequence)),
        );
        if (files === 'event') assert.deepEqual(sequences.toSorted(), events);
        else assert.deepEqual([...new Set(sequences)].toSorted(), events);
        assert.deepEqual(
          [...lake.files.keys()].filter((path) => path.startsWith('~refused/')).toSorted(),
          refused.map((number) => `~refused/hub/0/${number}.refused`).toSorted(),
        );
      }),
      { numRuns: 150 },
    );
  });
});

function messagesOf(kinds: readonly string[]) {
  const events = new Set<string>();
  const refused: number[] = [];
  const bodies = kinds.map((kind, index) => {
    switch (kind) {
      case 'event':
      case 'again': {
        // A repeated message is in the hub twice, as after a retry of its producer.
        const number = kind === 'again' ? Math.floor(index / 2) : index;
        const sequence = `82${String(number).padStart(4, '0')}`;
        events.add(sequence);
        return textOf({ ...changeEvents.insert, _id: { _data: sequence } });
      }
      case 'tombstone':
        return 'null';
      default:
        refused.push(100 + index);
        return kind === 'poison' ? Buffer.from([0xff, index]) : `{"a":${index}}`;
    }
  });
  return { partition: partitionOf('0', bodies), events: [...events].toSorted(), refused };
}

/** Creates files as a store does. The first one wins, and a failed write can still exist. */
function strickenLake(writes: readonly Write[]) {
  const files = new Map<string, string>();
  const plan = [...writes];
  const create = (path: string, content: Uint8Array): 'created' | 'exists' => {
    if (files.has(path)) return 'exists';
    files.set(path, Buffer.from(content).toString());
    return 'created';
  };
  return {
    files,
    calm: () => void plan.splice(0),
    writer: (death: AbortSignal): LakeWriter => ({
      check: async () => undefined,
      create: async (path, content) => {
        if (death.aborted) return await new Promise<never>(() => undefined);
        switch (plan.shift() ?? 'ok') {
          case 'ok':
            return create(path, content);
          case 'fails':
            throw new Error('503');
          case 'fails-after':
            create(path, content);
            throw new Error('ECONNRESET');
          case 'hangs':
            // The write is done after its caller has given up.
            setImmediate(() => create(path, content));
            throw new DOMException('Cannot finish in time', 'TimeoutError');
        }
      },
    }),
  };
}

function instanceOn({ lake, files }: { lake: ReturnType<typeof strickenLake>; files: string }, diesAt: number) {
  const settings = { ...settingsWith({ LAKE_FILES: files, WRITE_CONCURRENCY: '3' }), maxBytesInFlight: 4000 };
  const death = new AbortController();
  const gate = byteGate(4000);
  const inFlight = bytesInFlight(4000);
  let invocations = 0;
  return {
    lines: [],
    metadata: { retryOptions: { maxRetryCount: -1 } },
    invoke: async (partition: Partition, most: number): Promise<Ended> => {
      const messages = partition.messages.slice(partition.checkpoint, partition.checkpoint + most);
      const invocation = readInvocation(
        messages.map(({ body }) => body),
        {
          sequenceNumberArray: messages.map(({ sequenceNumber }) => sequenceNumber),
          enqueuedTimeUtcArray: messages.map(({ enqueuedTime }) => enqueuedTime),
          partitionContext: { partitionId: partition.id },
        },
        'hub',
      );
      const isLast = ++invocations >= diesAt;
      const taken = takeMessages(
        invocation,
        { settings, lake: lake.writer(death.signal), gate, text: () => inFlight.text(16_000) },
        never,
      );
      if (isLast) {
        // Dies after some of its writes.
        await new Promise((resolve) => setImmediate(resolve));
        death.abort();
        return 'crashed';
      }
      return isDone(await taken) ? 'done' : 'failed';
    },
  };
}
