import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { changeEvents, type EventFields, insertOf, textOf, tokenOf, withField } from '../support/change-events.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { lifetime } from '../support/lifetime.ts';
import { peakMegabytes } from '../support/peak-memory.ts';
import { json, sendTo } from '../support/raw-requests.ts';
import { type RunningReceiver, serveApp } from '../support/running-receiver.ts';

const event = textOf(changeEvents.insert);
const gzip = { ...json, 'content-encoding': 'gzip' };
const nested = (levels: number): string => `[${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}]`;
const withText = (text: string): string => String(event).replace('"Heat"', text);
const fields = (count: number): EventFields => ({
  ...changeEvents.insert,
  ...Object.fromEntries(
    Array.from({ length: count - Object.keys(changeEvents.insert).length }, (_, n) => [`f${n}`, n]),
  ),
});
const events = (count: number): EventFields[] =>
  Array.from({ length: count }, (_, n) => withField(changeEvents.insert, '_id', { _data: tokenOf(n) }));

interface Case {
  readonly what: string;
  readonly body: Uint8Array | string;
  readonly headers?: Record<string, string | string[]>;
  readonly status: number;
  /** If absent, nothing is stored. */
  readonly stored?: number;
  readonly problem?: string;
}

const cases: readonly Case[] = [
  { what: 'an empty body', body: '', status: 400, problem: 'not-json' },
  { what: 'nothing but spaces', body: ' '.repeat(10_000), status: 400, problem: 'not-json' },
  { what: 'garbage behind an event', body: `${event}x`, status: 400, problem: 'not-json' },
  { what: 'a second event behind an event', body: `${event}\n${event}`, status: 400, problem: 'not-json' },
  { what: 'a NUL behind an event', body: `${event}\0`, status: 400, problem: 'not-json' },
  { what: 'a NUL in a string', body: withText('"He\0at"'), status: 400, problem: 'not-json' },
  { what: 'an escaped NUL', body: withText('"He\\u0000at"'), status: 200, stored: 1 },
  { what: 'half of a surrogate pair, escaped', body: withText('"\\ud83c"'), status: 200, stored: 1 },
  {
    what: 'half of a surrogate pair, in bytes',
    body: Buffer.from(withText('"~~~"').replace('~~~', '\xed\xa0\x80'), 'latin1'),
    status: 400,
    problem: 'not-json',
  },
  { what: 'a byte order mark', body: `\ufeff${event}`, status: 400, problem: 'not-json' },
  { what: 'UTF-16', body: Buffer.from(`\ufeff${event}`, 'utf16le'), status: 400, problem: 'not-json' },
  {
    what: 'UTF-16 that says so',
    body: Buffer.from(`${event}`, 'utf16le'),
    headers: { 'content-type': 'application/json; charset=utf-16' },
    status: 415,
    problem: 'unsupported-type',
  },
  {
    what: 'a key twice: the last one counts',
    body: withText('"Heat"},"fullDocument":{"title":"Ronin"'),
    status: 200,
    stored: 1,
  },
  { what: 'an operation type twice', body: `${event}`.replace('{', '{"operationType":5,'), status: 200, stored: 1 },
  {
    what: 'an operation type twice, the last one wrong',
    body: `${event}`.replace(/}$/, ',"operationType":5}'),
    status: 400,
    problem: 'events-refused',
  },
  { what: '256 levels', body: textOf(insertOf(JSON.parse(nested(255)))), status: 200, stored: 1 },
  { what: '257 levels', body: textOf(insertOf(JSON.parse(nested(256)))), status: 400, problem: 'too-deep' },
  { what: '100,000 levels', body: nested(100_000), status: 400, problem: 'too-deep' },
  { what: '100,000 levels of objects', body: '{"a":'.repeat(100_000), status: 400, problem: 'too-deep' },
  { what: '1,000 fields', body: textOf(fields(1000)), status: 200, stored: 1 },
  { what: '1,001 fields', body: textOf(fields(1001)), status: 400, problem: 'events-refused' },
  { what: '1,001 events', body: textOf(events(1001)), status: 413, problem: 'too-many-events' },
  { what: 'an array that holds 100,000 commas', body: `[${','.repeat(100_000)}]`, status: 400, problem: 'not-json' },
  {
    what: 'one event over the limit',
    body: textOf(insertOf('x'.repeat(3_000_000))),
    status: 413,
    problem: 'body-too-large',
  },
  {
    what: 'gzip that breaks off',
    body: gzipSync(event).subarray(0, -10),
    headers: gzip,
    status: 400,
    problem: 'not-json',
  },
  {
    what: 'gzip with a wrong checksum',
    body: withByteChanged(gzipSync(event), -6),
    headers: gzip,
    status: 400,
    problem: 'not-json',
  },
  { what: 'gzip that is none', body: event, headers: gzip, status: 400, problem: 'not-json' },
  { what: 'gzip in gzip', body: gzipSync(gzipSync(event)), headers: gzip, status: 400, problem: 'not-json' },
  { what: 'gzip of an event', body: gzipSync(event), headers: gzip, status: 200, stored: 1 },
  ...['br', 'deflate', 'zstd', 'compress', 'x-gzip', 'gzip, gzip', 'identity, gzip', 'gzip;q=1', '*'].map(
    (encoding) => ({
      what: `content-encoding "${encoding}"`,
      body: event,
      headers: { ...json, 'content-encoding': encoding },
      status: 415,
      problem: 'unsupported-type',
    }),
  ),
  {
    what: 'content-encoding twice',
    body: event,
    headers: { ...json, 'content-encoding': ['gzip', 'gzip'] },
    status: 415,
    problem: 'unsupported-type',
  },
  {
    what: 'content-type twice',
    body: event,
    headers: { 'content-type': ['application/json', 'text/plain'] },
    status: 415,
    problem: 'unsupported-type',
  },
  { what: 'no content-type', body: event, headers: {}, status: 415, problem: 'unsupported-type' },
];

describe('a hostile request', () => {
  let folder: string;
  let app: RunningReceiver;
  const life = lifetime();
  before(async () => {
    folder = await temporaryFolder(life);
    app = await serveApp(life, {
      LAKE_URL: `file:${folder}`,
      MAX_BODY_BYTES: '2000000',
      MAX_BYTES_IN_FLIGHT: '2000000',
    });
  });

  for (const { what, body, headers = json, status, stored = 0, problem } of cases) {
    it(`is answered with ${status}: ${what}`, async () => {
      const before = await filesIn(folder);

      const answer = await sendTo(app.url, body, headers);

      assert.equal(answer.status, status, answer.body);
      const told = JSON.parse(answer.body);
      assert.equal(told.type, problem && `urn:atlas-lake-sync:problem:${problem}`);
      assert.equal((told.stored ?? 0) + (told.alreadyStored ?? 0), stored);
      if (stored === 0) assert.deepEqual(await filesIn(folder), before);
    });
  }

  it('takes no memory for its inflated size', async (t) => {
    const bomb = Buffer.concat(Array(1000).fill(gzipSync(Buffer.alloc(1_000_000))));

    const answers = await Promise.all([1, 2, 3, 4].map(() => sendTo(app.url, bomb, gzip)));

    for (const { status } of answers) assert([413, 503].includes(status), `${status}`);
    const megabytes = await peakMegabytes(app.child);
    t.diagnostic(`${megabytes} MB at the peak, of four gigabytes`);
    assert(megabytes < 256, `${megabytes} MB`);
  });
});

function withByteChanged(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.from(bytes).with(at, (bytes.at(at) ?? 0) ^ 1);
}
