// Measures the cost of a request with any body. It counts work and bytes of text, and uses no clock.
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { paced } from '../../shared/async/paced.ts';
import { pickDocument } from '../../shared/events/document.ts';
import { lineBytes, writeEnvelope } from '../../shared/events/envelope.ts';
import { formats } from '../../shared/format/formats.ts';
import { writeValueSteps } from '../../shared/format/write-value.ts';
import { receive } from '../../shared/http/receive.ts';
import { toResponse } from '../../shared/http/response.ts';
import { byteWriter, type TextBudget, unlimited } from '../../shared/json/byte-writer.ts';
import type { Steps } from '../../shared/json/steps.ts';
import { valueEnd } from '../../shared/json/value-end.ts';
import { valueHasher } from '../../shared/redact/hash-value.ts';
import { keyedHashOf } from '../../shared/redact/keyed-hash.ts';
import { redactedEventSteps } from '../../shared/redact/redact.ts';
import { follow, type PathTree } from '../../shared/redact/rules.ts';
import { redactionsFrom } from '../shared/redact/redacted.ts';
import { changeEvents, readEvent, textOf, withField } from '../support/change-events.ts';
import { deliveryOf, now, receiverWith } from '../support/deliveries.ts';
import { memoryLake } from '../support/memory-lake.ts';

const ones = Array.from({ length: 100_000 }, () => 1);

describe('long work', () => {
  it('stops at least once per 5,000 numbers that get their types', () => {
    const event = readEvent(textOf(withField(changeEvents.insert, 'fullDocument', { x: ones })));
    const out = byteWriter(lineBytes(event));

    const stops = stopsOf(writeEnvelope(out, event, pickDocument(event), formats.canonical));

    assert(stops >= 20, `${stops}`);
  });

  it('stops while fields are redacted, and while a long value is hashed', () => {
    const members = Buffer.from(
      JSON.stringify(withField(changeEvents.insert, 'fullDocument', 5)).replace(
        '"fullDocument":5',
        `"fullDocument":{${Array.from({ length: 100_000 }, () => '"a":1').join()}}`,
      ),
    );
    const list = textOf(withField(changeEvents.insert, 'fullDocument', { a: ones }));

    for (const text of [members, list]) {
      const stops = stopsOf(redactedEventSteps(text, { start: 0, end: text.length }, redactionsFrom('*: a=hash')));
      assert(stops >= 20, `${stops}`);
    }
  });

  it('stops, and writes little more than it was given, where lists of doubles and nested lists are hashed', () => {
    const lists: [string, string, number][] = [
      ['an array of 1e308', `[${Array.from({ length: 100_000 }, () => '1e308').join()}]`, 6],
      ['arrays in arrays', `[${Array.from({ length: 100_000 }, () => '[1]').join()}]`, 7],
      ['arrays 200 levels deep', `${'['.repeat(200)}${ones.join()}${']'.repeat(200)}`, 11],
    ];

    for (const [name, list, mostPerByte] of lists) {
      const text = textOf(withField(changeEvents.insert, 'fullDocument', { a: 0 }));
      const event = Buffer.from(text.toString().replace('{"a":0}', `{"a":${list}}`));
      const taken = countingBudget();
      const steps = redactedEventSteps(event, { start: 0, end: event.length }, redactionsFrom('*: a=hash'), taken);

      const stops = stopsOf(steps);

      assert(stops >= 20, `${name}: ${stops}`);
      assert(taken.most() < list.length * mostPerByte * 2.5, `${name}: ${taken.most()} of ${list.length}`);
    }
  });

  it('stops while codes in scopes are written, many small ones and one in the other', () => {
    const many = `[${'{"$code":"","$scope":{}},'.repeat(20_000)}1]`;
    const nested = `[${`${'{"$code":"f","$scope":'.repeat(100)}{}${'}'.repeat(100)},`.repeat(200)}1]`;

    for (const list of [many, nested]) {
      const text = Buffer.from(list);
      const taken = countingBudget();
      const out = byteWriter(text.length, taken);

      const stops = stopsOf(writeValueSteps(out, text, { start: 0, end: text.length }, formats.simple));

      assert(stops >= 10, `${stops}`);
      assert(taken.most() < list.length * 2.5, `${taken.most()} of ${list.length}`);
    }
  });

  it('stops while a long text of escapes is hashed, also that of code and of a name', () => {
    const escapes = `"${'\\"'.repeat(1_000_000)}"`;

    for (const value of [escapes, `{"$code":${escapes}}`, `{${escapes}:1}`, `[${escapes}]`]) {
      const text = textOf(withField(changeEvents.insert, 'fullDocument', { a: 0 }));
      const event = Buffer.from(text.toString().replace('{"a":0}', `{"a":${value}}`));
      const taken = countingBudget();

      const stops = stopsOf(
        redactedEventSteps(event, { start: 0, end: event.length }, redactionsFrom('*: a=hash'), taken),
      );

      assert(stops >= 25, `${value.slice(0, 10)}: ${stops}`);
      assert(taken.most() < event.length * 4, `${value.slice(0, 10)}: ${taken.most()} of ${event.length}`);
    }
  });

  it('gives others their turn, and ends with its deadline', async () => {
    let turns = 0;
    const controller = new AbortController();
    const other = setInterval(() => {
      turns++;
      if (turns < 3) return;
      clearInterval(other);
      controller.abort(new Error('the deadline'));
    }, 1);
    function* endless(): Steps<void> {
      for (;;) yield;
    }

    await assert.rejects(paced(endless(), controller.signal), /the deadline/);
  });

  it('hashes most values without a pass of their own', () => {
    const hashOf = valueHasher(keyedHashOf(createSecretKey(Buffer.alloc(32, 'k'))), noText);

    for (const value of [
      '4711',
      '-1.5',
      'true',
      '"a@example.com"',
      `"${'é'.repeat(1000)}"`,
      '{"$numberInt":"5"}',
      '{"$oid":"56e1fc72e0c917e9c4714161"}',
      '{"$date":{"$numberLong":"1795169730000"}}',
    ]) {
      const text = Buffer.from(value);
      assert.equal(typeof hashOf(text, { start: 0, end: text.length }), 'string', value);
    }
  });

  it('hashes a repeated value of an event only once', () => {
    const text = Buffer.from('1,1,1');
    const hashOf = valueHasher(keyedHashOf(createSecretKey(Buffer.alloc(32, 'k'))), unlimited);

    const hashes = [0, 2, 4].map((start) => hashOf(text, { start, end: start + 1 }));

    // All names share one string, so it is made only once.
    assert(hashes.every((hash) => typeof hash === 'string' && hash === hashes[0]));
  });
});

describe('a text of nothing but escaped quotes', () => {
  it('is searched far fewer times than it has quotes', () => {
    for (const piece of ['\\"', '\\\\\\"', 'x\\"', '\\\\']) {
      const text = CountingBytes.from(Buffer.from(`"${piece.repeat(50_000)}"`));

      assert.equal(valueEnd(text, 0), text.length, piece);
      assert(text.searches < 5_000, `${piece}: ${text.searches}`);
    }
  });
});

describe('names', () => {
  it('are looked up once each, also if many names collide', () => {
    const names = Array.from({ length: 900 }, (_, count) => `${'event.'.repeat(count)}data`);
    const base = readEvent(textOf(changeEvents.insert));
    const fields = new CountingMap(base.fields);
    const field = base.fields.get('ns');
    assert(field !== undefined);
    for (const name of names) fields.set(name, { ...field, key: name });
    fields.lookups = 0;

    const out = byteWriter(1_000_000);
    stopsOf(writeEnvelope(out, { ...base, fields }, undefined, formats.relaxed));

    assert(fields.lookups < 1_000, `${fields.lookups}`);
  });

  it('of more parts than any document has levels are dropped, not followed', () => {
    const children = new CountingMap<string, PathTree>();

    assert.equal(follow({ action: undefined, children }, '1.'.repeat(100_000))?.action, 'drop');
    assert(children.lookups <= 1_000, `${children.lookups}`);
  });

  it('of nothing but dots are followed no further than the rules go', () => {
    const children = new CountingMap<string, PathTree>();
    children.set('a', { action: 'drop', children: new Map() });

    assert.equal(follow({ action: undefined, children }, '.'.repeat(1_000_000)), undefined);
    assert.equal(children.lookups, 1);
  });
});

describe('the text that is written', () => {
  const limits = { MAX_BODY_BYTES: '100000', MAX_BYTES_IN_FLIGHT: '100000' };
  const typed = withField(changeEvents.insert, 'fullDocument', { x: ones.slice(0, 45_000) });

  it('is bounded: past the bound the answer is 413', async () => {
    const lake = memoryLake();

    const receipt = await receive(
      deliveryOf(textOf(typed)),
      receiverWith(lake, { ...limits, DOCUMENT_FORMAT: 'canonical' }),
      now,
    );

    assert.equal(receipt.kind, 'text-too-large');
    assert.equal(lake.files.size, 0);
  });

  it('leaves the other events of an array durable, and says so', async () => {
    const lake = memoryLake();
    const small = withField(changeEvents.insert, '_id', { _data: '82AA' });
    const body = textOf([small, typed, withField(small, '_id', { _data: '82BB' })]);

    const receiver = receiverWith(lake, { ...limits, DOCUMENT_FORMAT: 'canonical' });
    const receipt = await receive(deliveryOf(body), receiver, now);

    assert(receipt.kind === 'text-too-large');
    assert.deepEqual(
      receipt.events.map(({ outcome }) => outcome),
      ['stored', 'failed', 'stored'],
    );
    assert.equal(lake.files.size, 2);
    const answer = toResponse(receipt, receiver.settings);
    assert.equal(answer.status, 413);
    assert.partialDeepStrictEqual(JSON.parse(answer.body), { stored: 2, failed: 1, limit: 465_536 });
  });

  it('is stored where it does not grow', async () => {
    const receipt = await receive(deliveryOf(textOf(typed)), receiverWith(memoryLake(), limits), now);

    assert.equal(receipt.kind, 'received');
  });

  it('is bounded while it is redacted and hashed', async () => {
    const hashed = withField(changeEvents.insert, 'fullDocument', { a: Array.from({ length: 13_000 }, () => 1e300) });
    const redaction = { REDACT: '*: a=hash', REDACT_KEY: `whsec_${Buffer.alloc(32, 'r').toString('base64')}` };

    const receipt = await receive(
      deliveryOf(textOf(hashed)),
      receiverWith(memoryLake(), { ...limits, ...redaction }),
      now,
    );

    assert.equal(receipt.kind, 'text-too-large');
  });

  it('is given back when the request is over', async () => {
    const receiver = receiverWith(memoryLake(), { ...limits, DOCUMENT_FORMAT: 'canonical' });
    const small = withField(changeEvents.insert, 'fullDocument', { x: ones.slice(0, 1000) });

    for (const body of [typed, small, typed]) await receive(deliveryOf(textOf(body)), receiver, now);

    using text = receiver.inFlight.text(400_000);
    using other = receiver.inFlight.text(400_000);
    assert.deepEqual([text.take(399_999), other.take(2)], [true, false]);
  });
});

const noText: TextBudget = { take: () => false, give: () => undefined };

function stopsOf<T>(steps: Steps<T>): number {
  let stops = 0;
  while (steps.next().done !== true) stops++;
  return stops;
}

function countingBudget(): TextBudget & { readonly most: () => number } {
  let taken = 0;
  let most = 0;
  return {
    take: (bytes) => {
      taken += bytes;
      most = Math.max(most, taken);
      return true;
    },
    give: (bytes) => {
      taken -= bytes;
    },
    most: () => most,
  };
}

class CountingBytes extends Uint8Array {
  searches = 0;
  static override from(bytes: Uint8Array): CountingBytes {
    const counting = new CountingBytes(bytes.length);
    counting.set(bytes);
    return counting;
  }
  override indexOf(byte: number, from?: number): number {
    this.searches++;
    return super.indexOf(byte, from);
  }
}

class CountingMap<K, V> extends Map<K, V> {
  lookups = 0;
  override has(key: K): boolean {
    this.lookups++;
    return super.has(key);
  }
  override get(key: K): V | undefined {
    this.lookups++;
    return super.get(key);
  }
}
