import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { hubReceiver } from '../../../shared/app/open-receiver.ts';
import type { Invocation } from '../../../shared/event-hub/invocation.ts';
import { isDone, takeMessages } from '../../../shared/event-hub/take-messages.ts';
import { bytesInFlight } from '../../../shared/http/bytes-in-flight.ts';
import type { LakeWriter } from '../../../shared/lake/lake.ts';
import { changeEvents, textOf } from '../../support/change-events.ts';
import { settingsWith } from '../../support/deliveries.ts';
import { type TemporaryLake, temporaryLake } from '../../support/lakes.ts';
import { never } from '../../support/never.ts';

describe('takeMessages()', () => {
  it('is not done with messages it had no time for, but stores the others', async (t) => {
    const { lake, receiver } = await receiverWith(t, 1);
    const deadline = new AbortController();
    const slow: LakeWriter = {
      ...lake,
      create: async (...file) => {
        const created = await lake.create(...file);
        deadline.abort(new Error('no time'));
        return created;
      },
    };

    const first = await takeMessages(invocationOf(5), { ...receiver, lake: slow }, deadline.signal);
    const second = await takeMessages(invocationOf(5), receiver, never);

    assert.deepEqual([first.left, isDone(first)], [4, false]);
    assert.deepEqual(second.events.map(({ outcome }) => outcome).toSorted(), [
      'alreadyStored',
      ...Array(4).fill('stored'),
    ]);
    assert.equal(isDone(second), true);
  });

  it('works on no more bytes at once than the limit, over all invocations', async (t) => {
    const { lake, receiver } = await receiverWith(t, 1000);
    let underWay = 0;
    let most = 0;
    const counting: LakeWriter = {
      ...lake,
      create: async (...file) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay--;
        return await lake.create(...file);
      },
    };
    const size = textOf(eventOf(0)).length;
    assert(size > 333 && size < 500);

    const taken = await Promise.all(
      [0, 10, 20].map((first) => takeMessages(invocationOf(6, first), { ...receiver, lake: counting }, never)),
    );

    assert.equal(most, 2);
    assert(taken.every(isDone));
  });

  it('is not done while a refused message could not be kept', async (t) => {
    const { lake, receiver } = await receiverWith(t, 1000);
    const broken: LakeWriter = { ...lake, create: () => Promise.reject(new Error('no room')) };
    const invocation = { ...invocationOf(0), messages: [messageOf(1, 'no event')] };

    const failed = await takeMessages(invocation, { ...receiver, lake: broken }, never);
    const kept = await takeMessages(invocation, receiver, never);

    assert.deepEqual([isDone(failed), failed.events.map(({ outcome }) => outcome)], [false, ['failed']]);
    assert.deepEqual([isDone(kept), kept.events.map(({ outcome }) => outcome)], [true, ['refused']]);
  });
});

describe('takeMessages(), text that grows', () => {
  const grown = (number: number) =>
    messageOf(number, textOf({ ...eventOf(number), fullDocument: { x: Array.from({ length: 8_000 }, () => 1) } }));

  for (const files of ['event', 'batch'])
    it(`refuses a message that alone makes too much of it, and stores the others: LAKE_FILES=${files}`, async (t) => {
      const { lake, receiver } = await receiverWith(t, 20_000, { DOCUMENT_FORMAT: 'canonical', LAKE_FILES: files });
      const messages = [messageOf(1, textOf(eventOf(1))), grown(2), messageOf(3, textOf(eventOf(3)))];

      const taken = await takeMessages({ ...invocationOf(0), messages }, receiver, never);

      assert.equal(isDone(taken), true);
      assert.deepEqual(outcomesOf(taken), ['refused', 'stored', 'stored']);
      const refused = (await pathsIn(lake)).filter((path) => path.startsWith('~refused/'));
      assert.deepEqual(refused, ['~refused/hub/0/2.refused']);
      assert.match(String(await lake.reader.read(refused[0] ?? '', never)), /its text must fit into the memory/);
    });

  it('stores messages that make too much of it only together', async (t) => {
    const { receiver } = await receiverWith(t, 100_000, { DOCUMENT_FORMAT: 'canonical', LAKE_FILES: 'batch' });
    const messages = Array.from({ length: 9 }, (_, number) => grown(number));

    const taken = await takeMessages({ ...invocationOf(0), messages }, receiver, never);

    assert.deepEqual(outcomesOf(taken), Array(9).fill('stored'));
  });

  it('counts the copied text of v1 messages', async (t) => {
    const { receiver } = await receiverWith(t, 20_000);
    const list = Array.from({ length: 8_000 }, () => 'NaN').join();
    const { fullDocument: _, ...event } = eventOf(1);
    const message = messageOf(1, `${JSON.stringify(event).slice(0, -1)},"fullDocument":{"x":[${list}]}}`);

    const taken = await takeMessages({ ...invocationOf(0), messages: [message] }, receiver, never);

    assert.partialDeepStrictEqual(taken.events, [{ outcome: 'refused', refusal: { code: 'text-too-large' } }]);
  });

  it('gives all of it back', async (t) => {
    const { receiver } = await receiverWith(t, 20_000, { DOCUMENT_FORMAT: 'canonical' });

    await takeMessages({ ...invocationOf(0), messages: [grown(1), grown(2)] }, receiver, never);

    using all = receiver.text();
    using other = receiver.text();
    assert.deepEqual([all.take(145_535), other.take(2)], [true, false]);
  });
});

describe('takeMessages(), without time', () => {
  it('asks again for a message that it had no time to read or redact', async (t) => {
    for (const redaction of [
      {},
      { REDACT: '*: x=hash', REDACT_KEY: `whsec_${Buffer.alloc(32, 'r').toString('base64')}` },
    ]) {
      const { lake, receiver } = await receiverWith(t, 1_000_000, redaction);
      const deadline = new AbortController();
      const long = messageOf(
        1,
        textOf({ ...eventOf(1), fullDocument: { x: Array.from({ length: 90_000 }, (_, n) => n) } }),
      );

      const taking = takeMessages({ ...invocationOf(0), messages: [long, long] }, receiver, deadline.signal);
      setImmediate(() => deadline.abort(new Error('no time')));
      const taken = await taking;

      assert.equal(isDone(taken), false);
      assert(outcomesOf(taken).includes('failed'));
      assert.deepEqual(
        (await pathsIn(lake)).filter((path) => path.startsWith('~refused/')),
        [],
      );
    }
  });
});

async function pathsIn({ reader }: TemporaryLake): Promise<string[]> {
  const paths: string[] = [];
  for await (const page of reader.list('', never)) paths.push(...page.map(({ path }) => path));
  return paths;
}

function outcomesOf({ events }: { readonly events: readonly { readonly outcome: string }[] }): string[] {
  return events.map(({ outcome }) => outcome).toSorted();
}

async function receiverWith(t: TestContext, maxBytesInFlight: number, environment: Record<string, string> = {}) {
  const lake = await temporaryLake(t);
  const settings = { ...settingsWith({ LAKE_URL: `file:${lake.folder}`, ...environment }), maxBytesInFlight };
  return { lake, receiver: hubReceiver(settings, lake, bytesInFlight(maxBytesInFlight)) };
}

function eventOf(number: number) {
  return { ...changeEvents.insert, _id: { _data: `82${String(number).padStart(4, '0')}` } };
}

function messageOf(number: number, body: string | Uint8Array) {
  return { body: Buffer.from(body), sequenceNumber: String(number), enqueuedMs: 0, partitionKey: undefined };
}

function invocationOf(count: number, first = 0): Invocation {
  const messages = Array.from({ length: count }, (_, index) =>
    messageOf(first + index, textOf(eventOf(first + index))),
  );
  return { namespace: 'ns', hub: 'hub', consumerGroup: '$Default', partition: String(first), messages };
}
