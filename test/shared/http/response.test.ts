import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventOutcome } from '../../../shared/events/event-outcome.ts';
import type { Receipt } from '../../../shared/http/receipt.ts';
import { misconfigured, toResponse } from '../../../shared/http/response.ts';

const event = { operationType: 'insert', db: 'shop', coll: 'orders', eventMs: 0, digest: 'd' };
const stored: EventOutcome = { outcome: 'stored', path: 'shop/a.json', event };
const again: EventOutcome = { outcome: 'alreadyStored', path: 'shop/b.json', event };
const refused: EventOutcome = { outcome: 'refused', refusal: { code: 'too-long', field: 'ns.db' } };
const failed: EventOutcome = { outcome: 'failed', event, fault: 'RestError canary 403' };

const tooLong = 'Cannot read change event: "ns.db" must have at most 63 bytes: it has more';

describe('toResponse()', () => {
  it('answers 200 with the receipt when every event is durable', () => {
    const { status, headers, body } = respond(received(stored, again));

    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(body), {
      stored: 1,
      alreadyStored: 1,
      refused: 0,
      failed: 0,
      events: [
        { outcome: 'stored', path: 'shop/a.json' },
        { outcome: 'alreadyStored', path: 'shop/b.json' },
      ],
    });
  });

  it('answers 200 with zeros for no events', () => {
    const { status, body } = respond(received());

    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(body), { stored: 0, alreadyStored: 0, refused: 0, failed: 0, events: [] });
  });

  it('answers 400 when events are refused, with the outcome of each', () => {
    const { status, body } = respond(received(stored, refused));

    assert.equal(status, 400);
    assert.partialDeepStrictEqual(JSON.parse(body), {
      type: 'urn:atlas-lake-sync:problem:events-refused',
      status: 400,
      stored: 1,
      refused: 1,
      events: [{ outcome: 'stored' }, { outcome: 'refused', code: 'too-long', field: 'ns.db', reason: tooLong }],
    });
  });

  it('answers 503 instead of 400 when storage failed too, and asks for a retry', () => {
    const { status, headers, body } = respond(received(refused, failed, stored));

    assert.equal(status, 503);
    assert.match(headers['retry-after'] ?? '', /^[1-9]\d*$/);
    assert.partialDeepStrictEqual(JSON.parse(body), { stored: 1, refused: 1, failed: 1 });
  });

  it('does not show why storage failed', () => {
    assert.doesNotMatch(respond(received(failed)).body, /canary|403|c\.json/);
  });

  const problems: [Receipt, number, object?][] = [
    [{ kind: 'unsupported-type' }, 415],
    [{ kind: 'body-too-large' }, 413, { limit: 1234 }],
    [{ kind: 'too-many-events', bytes: 1 }, 413, { limit: 56 }],
    [
      { kind: 'text-too-large', events: [stored, failed], bytes: 1, storageMs: 1 },
      413,
      {
        limit: 70_472,
        stored: 1,
        alreadyStored: 0,
        refused: 0,
        failed: 1,
        events: [
          { outcome: 'stored', path: stored.path },
          { outcome: 'failed', reason: 'Cannot store the event in this request: send it in a smaller request' },
        ],
      },
    ],
    [{ kind: 'not-authentic', bytes: 1 }, 401],
    [{ kind: 'not-json', bytes: 1 }, 400],
    [{ kind: 'too-deep', bytes: 1 }, 400],
    [{ kind: 'busy' }, 503],
    [{ kind: 'incomplete-body' }, 503],
  ];
  for (const [receipt, expected, expectedMembers = {}] of problems) {
    it(`answers ${expected} to ${receipt.kind}`, () => {
      const { status, headers, body } = respond(receipt);

      const { type, title, status: inBody, ...members } = JSON.parse(body);
      assert.deepEqual([status, inBody], [expected, expected]);
      assert.equal(headers['content-type'], 'application/problem+json');
      assert.equal('retry-after' in headers, expected === 503);
      assert.match(type, /^urn:atlas-lake-sync:problem:[a-z-]+$/);
      assert.match(title, /^[A-Z]/);
      assert.deepEqual(members, expectedMembers);
    });
  }

  it('names the limit that was passed', () => {
    assert.match(respond({ kind: 'body-too-large' }).body, /1234 bytes \(MAX_BODY_BYTES\)/);
    assert.match(respond({ kind: 'too-many-events', bytes: 1 }).body, /56 events \(MAX_EVENTS\)/);
  });
});

describe('misconfigured', () => {
  it('makes senders keep their events, without details', () => {
    assert.equal(misconfigured.status, 503);
    assert.equal(misconfigured.headers['retry-after'], '60');
    assert.deepEqual(Object.keys(JSON.parse(misconfigured.body)), ['type', 'title', 'status']);
  });
});

function received(...events: EventOutcome[]): Receipt {
  return { kind: 'received', events, bytes: 10, storageMs: 1 };
}

function respond(receipt: Receipt) {
  return toResponse(receipt, { maxBodyBytes: 1234, maxEvents: 56 });
}
