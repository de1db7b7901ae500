// Bodies as the `$https` stage of Atlas Stream Processing sends them, posted to the built receiver: relaxed Extended
// JSON, one event in a request, and only the headers of the connection. The bodies follow its documentation. The same
// events exist in canonical text.
// https://www.mongodb.com/docs/atlas/atlas-stream-processing/sp-agg-https/
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import { secret } from '../support/deliveries.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { lifetime } from '../support/lifetime.ts';
import { type RunningReceiver, serveApp } from '../support/running-receiver.ts';
import { documentFormats, lineText } from '../support/written.ts';

const operations = ['insert', 'update', 'replace', 'delete'] as const;
const connectionHeaders = { 'x-functions-key': 'key', 'content-type': 'application/json' };

describe('the receiver, posted to by `$https`', () => {
  const life = lifetime();
  let folder: string;
  let open: RunningReceiver;
  let strict: RunningReceiver;
  before(async () => {
    folder = await temporaryFolder(life);
    open = await serveApp(life, { LAKE_URL: `file:${folder}` });
    const limits = { MAX_BODY_BYTES: '1000', SIGNING_SECRETS: secret };
    strict = await serveApp(life, { LAKE_URL: `file:${await temporaryFolder(life)}`, ...limits });
  });

  for (const format of documentFormats) {
    it(`stores each event as from canonical text, in ${format}`, async (t) => {
      const lake = await temporaryFolder(t);
      const receiver = await serveApp(t, { LAKE_URL: `file:${lake}`, DOCUMENT_FORMAT: format });
      const canonical = await Promise.all(operations.map((operation) => bodyOf(operation, '.canonical')));

      const first = await Promise.all(operations.map(async (name) => post(receiver, await bodyOf(name))));
      const lines = [...(await filesIn(lake)).values()];
      const again = await Promise.all(canonical.map((body) => post(receiver, body)));

      assert.deepEqual(first, Array(4).fill({ status: 200, type: 'application/json', outcome: 'stored' }));
      assert.deepEqual(again, Array(4).fill({ status: 200, type: 'application/json', outcome: 'alreadyStored' }));
      assert.deepEqual(
        lines,
        canonical.map((body) => withoutLostType(lineText(body, format))),
      );
    });
  }

  it('keeps all digits of a long integer', async () => {
    await post(open, await bodyOf('update'));

    assert.match(
      await lineWith('"operationType":"update"'),
      /"data":{.*"views":9007199254740993,.*"updatedFields":{"views":9007199254740993}/,
    );
  });

  it('keeps the fields that a processor adds to an event', async () => {
    await post(open, await bodyOf('insert-with-stream-meta'));

    const { _stream_meta, _ts, ...event } = JSON.parse(await lineWith('"operationType":"insert"'));
    assert.deepEqual(event, JSON.parse(lineText(await bodyOf('insert'))));
    assert.deepEqual(_stream_meta, { source: { type: 'atlas', ts: { $date: '2026-11-20T10:15:30.412Z' } } });
    assert.deepEqual(_ts, { $date: '2026-11-20T10:15:30.412Z' });
  });

  it('answers 400 to a bare document and to a group of a window', async () => {
    const insert = await bodyOf('insert');
    const before = await filesIn(folder);

    const bare = await post(open, JSON.stringify(JSON.parse(insert).fullDocument));
    const grouped = await post(open, `{"_id":{"$date":"2026-11-20T10:15:00Z"},"events":[${insert},${insert}]}`);

    assert.deepEqual([bare, grouped], Array(2).fill({ ...problem(400), outcome: 'refused' }));
    assert.deepEqual(await filesIn(folder), before);
  });

  it('answers 413 to an event over MAX_BODY_BYTES, and 415 if the connection names no type', async () => {
    const large = await post(strict, await bodyOf('update'));
    const untyped = await post(strict, await bodyOf('delete'), { 'content-type': 'text/plain' });

    assert.deepEqual([large, untyped], [problem(413), problem(415)]);
  });

  it('answers 401 if the receiver wants a signature', async () => {
    const answered = await post(strict, await bodyOf('delete'));

    assert.deepEqual(answered, problem(401));
  });

  it('answers 503 when storage fails', async (t) => {
    // Nothing listens on port 9.
    const LAKE_URL = 'http://127.0.0.1:9/account/lake';
    const receiver = await serveApp(t, { LAKE_URL, STORAGE_ACCOUNT_KEY: Buffer.alloc(32).toString('base64') });

    const answered = await post(receiver, await bodyOf('insert'));

    assert.deepEqual(answered, { ...problem(503), outcome: 'failed' });
  });

  async function lineWith(text: string): Promise<string> {
    return (
      [...(await filesIn(folder)).values()].find((line) => line.includes(text)) ?? assert.fail(`no line has ${text}`)
    );
  }
});

/** On one line, as it is sent. It is text, because JSON.parse would change the numbers. */
async function bodyOf(event: string, twin = ''): Promise<string> {
  const fixture = new URL(`../fixtures/stream-processing/${event}${twin}.json`, import.meta.url);
  return (await readFile(fixture, 'utf8')).trimEnd().replaceAll(/\n */g, ' ');
}

async function post(receiver: RunningReceiver, body: string, headers: Record<string, string> = {}) {
  const response = await receiver.post(body, { ...connectionHeaders, ...headers });
  const { events } = JSON.parse(await response.text());
  return { status: response.status, type: response.headers.get('content-type'), outcome: events?.[0]?.outcome };
}

function problem(status: number) {
  return { status, type: 'application/problem+json', outcome: undefined };
}

/** Relaxed text of these events lacks only one thing: that a small integer had 64 bits. Only `canonical` has that. */
function withoutLostType(line: string): string {
  return line.replaceAll('"plays":{"$numberLong":"5"}', '"plays":{"$numberInt":"5"}');
}
