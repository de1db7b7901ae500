import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents, insertOf, tokenOf, withoutField } from '../support/change-events.ts';
import { type Act, problemOf, type Reply, receiptOf } from '../support/scripted-receiver.ts';
import { type Sender, senderOf } from '../support/sender.ts';

const event = changeEvents.insert;
const stored = receiptOf(['stored']);
const without = 'answered 200 without a receipt';

/** Answers that do not confirm the event, and the reason that the outbox keeps. */
const undelivered: Readonly<Record<string, readonly [act: Act, reason: string]>> = {
  'a 500': [{ status: 500 }, 'answered 500'],
  'a 500 with a page': [{ status: 500, body: '<html>' }, 'answered 500'],
  'a 502': [{ status: 502 }, 'answered 502'],
  'a 503 without a receipt': [{ status: 503, body: 'The service is unavailable.' }, 'answered 503'],
  'a 503 with a receipt of failure': [receiptOf(['failed'], 'Cannot write to the lake'), 'answered 503'],
  'a 503 of a busy receiver': [problemOf(503, 'busy'), 'answered 503 busy'],
  'a 504': [{ status: 504 }, 'answered 504'],
  'a 401': [problemOf(401, 'not-authentic'), 'answered 401 not-authentic'],
  'a 403 of a stopped app': [{ status: 403, body: '<html>Site disabled</html>' }, 'answered 403'],
  'a 404': [{ status: 404 }, 'answered 404'],
  'a 405': [{ status: 405 }, 'answered 405'],
  'a 408': [{ status: 408 }, 'answered 408'],
  'a 415': [problemOf(415, 'unsupported-type'), 'answered 415 unsupported-type'],
  'a 429': [{ status: 429 }, 'answered 429'],
  'a redirect': [{ status: 302, headers: { location: '/login' } }, 'answered 302'],
  'a login page with 200': [{ status: 200, body: '<html><form>' }, without],
  'an empty 200': [{ status: 200 }, without],
  'a 204': [{ status: 204 }, 'answered 204 without a receipt'],
  'a 200 with JSON that is no receipt': [{ status: 200, body: '{"ok":true}' }, without],
  'a 200 with null': [{ status: 200, body: 'null' }, without],
  'a 200 with counts alone': [changed({ events: undefined }), without],
  'a 200 with a receipt for no event': [receiptOf([]), without],
  'a 200 with a receipt for two events': [receiptOf(['stored', 'stored']), without],
  'a 200 whose counts do not add up': [changed({ stored: 0 }), without],
  'a 200 that counts more than there is': [changed({ failed: 1 }), without],
  'a 200 that counts in text': [changed({ stored: '1' }), without],
  'a 200 with an outcome that nobody knows': [changed({ stored: 0, events: [{ outcome: 'queued' }] }), without],
  'a 200 with a receipt that is cut off': [{ ...stored, body: stored.body?.slice(0, -1) ?? '' }, without],
  'a 500 with a receipt': [{ ...stored, status: 500 }, 'answered 500'],
  'a 400 without a receipt': [{ status: 400, body: 'Bad Request' }, 'answered 400'],
  'a 400 that found no JSON': [problemOf(400, 'not-json'), 'answered 400 not-json'],
  'a problem of somebody else': [{ status: 503, body: '{"type":"https://host.test/?code=s3cret"}' }, 'answered 503'],
  'a reset connection': ['reset', 'no connection: ECONNRESET'],
  'half an answer': [
    { status: 200, headers: { connection: 'close', 'content-length': '1000' }, body: '{"stored":1,' },
    'no connection: EOF',
  ],
};

describe('forwardChangeEvent(): an undelivered event is tried once more, then kept', () => {
  for (const [name, [act, reason]] of Object.entries(undelivered)) {
    it(`after ${name}`, async (t) => {
      const sender = await senderOf(t);
      sender.receiver.act(act);

      const answer = await sender.forward(event);

      assert.equal(sender.receiver.told.length, 2);
      assertKept(sender, answer, reason);
    });
  }

  it('after no answer within 12 s', async (t) => {
    const sender = await senderOf(t);
    sender.hang();

    const answer = await sender.forward(event);

    const [first = 0, second = 0] = sender.tries;
    assert.equal(sender.tries.length, 2);
    assert(second - first >= 13_000 && second - first < 14_000, `${second - first} ms`);
    assertKept(sender, answer, 'no answer within 12 s');
  });

  it('after nobody listened', async (t) => {
    const sender = await senderOf(t, { lakeReceiverUrl: 'http://127.0.0.1:1/api/change-events' });

    const answer = await sender.forward(event);

    assert.equal(sender.tries.length, 2);
    assertKept(sender, answer, 'no connection: ECONNREFUSED');
  });

  it('after an answer that has no body and no headers', async (t) => {
    const sender = await senderOf(t, {}, () => Promise.resolve({ statusCode: 500 }));

    const answer = await sender.forward(event);

    assertKept(sender, answer, 'answered 500');
  });

  it('and kept under its own id if it has no token', async (t) => {
    const sender = await senderOf(t);
    sender.receiver.act({ status: 500 });

    await sender.forward(withoutField(event, '_id'));

    const [entry] = sender.documents('outbox');
    assert.match(String(entry?.['_id']), /^[0-9a-f]{24}$/);
    assert.equal(entry?.['text'], JSON.stringify(withoutField(event, '_id')));
  });
});

describe('forwardChangeEvent(): an event that the receiver finally takes', () => {
  for (const [name, acts] of Object.entries<Act[]>({
    'stored before': [receiptOf(['alreadyStored'])],
    'stored at the second try': [{ status: 503 }, stored],
    'stored by the first try, whose answer was lost': ['reset', receiptOf(['alreadyStored'])],
    'stored, although something else failed': [{ ...stored, status: 503 }],
    'stored, although something else was refused': [{ ...stored, status: 400 }],
  })) {
    it(`is delivered and not kept: ${name}`, async (t) => {
      const sender = await senderOf(t);
      sender.receiver.act(...acts, { status: 500 });

      const { outcome } = await sender.forward(event);

      assert.equal(outcome, 'delivered');
      assert.equal(sender.tries.length, acts.length);
      assert.deepEqual([...sender.documents('outbox'), ...sender.documents('marks')], []);
    });
  }
});

describe('forwardChangeEvent(): a refused event', () => {
  const reason = 'Cannot read change event: "clusterTime" must be a timestamp: it is missing';
  for (const [name, [act, told]] of Object.entries<[Act, string]>({
    'by its receipt': [receiptOf(['refused'], reason), reason],
    'by a receipt without a reason': [
      { status: 400, body: '{"stored":0,"alreadyStored":0,"refused":1,"failed":0,"events":[{"outcome":"refused"}]}' },
      'answered 400',
    ],
    'as too large': [problemOf(413, 'body-too-large', { limit: 1000 }), 'answered 413 body-too-large'],
    'as too much text': [problemOf(413, 'text-too-large', { limit: 1000 }), 'answered 413 text-too-large'],
    'as too large by a proxy': [{ status: 413, body: '<html>' }, 'answered 413'],
  })) {
    it(`is posted once and kept with the reason: ${name}`, async (t) => {
      const sender = await senderOf(t);
      sender.receiver.act(act);

      const answer = await sender.forward(event);

      const [entry, ...others] = sender.documents('outbox');
      assert.equal(sender.tries.length, 1);
      assert.partialDeepStrictEqual(answer, { outcome: 'refused' });
      assert.partialDeepStrictEqual(entry, { _id: tokenOf(1), state: 'refused', reason: told, text: textOf(event) });
      assert.deepEqual([others, entry?.['failedAt'], sender.documents('marks')], [[], undefined, []]);
    });
  }

  it('is believed with any 2xx that has a receipt', async (t) => {
    const sender = await senderOf(t);
    sender.receiver.act({ ...receiptOf(['stored']), status: 201 });

    const { outcome } = await sender.forward(event);

    assert.equal(outcome, 'delivered');
  });

  it('is refused at the second try too', async (t) => {
    const sender = await senderOf(t);
    sender.receiver.act({ status: 500 }, receiptOf(['refused'], reason));

    await sender.forward(event);

    assert.partialDeepStrictEqual(sender.documents('outbox'), [{ state: 'refused', reason }]);
  });
});

describe('forwardChangeEvent(): a kept event', () => {
  it('is kept once, in its first form, for any number of deliveries', async (t) => {
    const sender = await senderOf(t);
    sender.receiver.act({ status: 500 });
    await sender.forward(event);
    const first = sender.documents('outbox');
    sender.clock.skip(61_000);

    const { outcome } = await sender.forward(insertOf({ newer: true }));

    assert.equal(outcome, 'kept');
    assert.deepEqual(sender.documents('outbox'), first);
  });
});

function assertKept({ documents, clock }: Sender, answer: unknown, reason: string): void {
  const [entry, ...others] = documents('outbox');
  assert.partialDeepStrictEqual(answer, { outcome: 'kept', reason });
  assert.deepEqual(others, []);
  assert.deepEqual(entry, {
    ...{ _id: tokenOf(1), state: 'waiting', reason, tries: 0 },
    ...{ keptAt: new Date(clock.now()), dueAt: new Date(clock.now()), failedAt: new Date(clock.now()) },
    ...{ bytes: textOf(event).length, parts: [], text: textOf(event) },
  });
}

function changed(members: object): Reply {
  return { ...stored, body: JSON.stringify({ ...JSON.parse(stored.body ?? ''), ...members }) };
}

function textOf(fields: object): string {
  return JSON.stringify(fields);
}
