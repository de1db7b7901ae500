import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { changeEvents, textOf } from '../support/change-events.ts';
import { secret, signatureHeaders } from '../support/deliveries.ts';
import { canary, canaryHex, type HostileRequest, hostileRequest } from '../support/hostile-bodies.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { peakMegabytes } from '../support/peak-memory.ts';
import { json, type RawAnswer, sendTo } from '../support/raw-requests.ts';
import { type RunningReceiver, serveApp } from '../support/running-receiver.ts';
import { fc } from '../support/seeded.ts';

const limits = { MAX_BODY_BYTES: '150000', MAX_EVENTS: '6', MAX_BYTES_IN_FLIGHT: '1000000' };
/** Three million bytes of this limit are bodies. The rest is Node and the local host. */
const mostMegabytes = 205;

describe('the receiver under fire', () => {
  it('answers every body, stores only events, and shows no content', async (t) => {
    const { app, folder, posts } = await open(t, {});
    const paths = new Set<string>();

    await fire(600, async (request) => {
      const answer = await posts(request.body, request.headers);

      const events = assertAnswer(answer);
      for (const { path } of events) if (path !== undefined) paths.add(path);
      if (request.valid === undefined || answer.status === 413) return;
      for (const index of request.valid)
        assert.match(`${events[index]?.outcome}`, /^(?:s|alreadyS)tored$/, answer.body);
    });

    await assertUnharmed(t, app, folder, posts.count, paths);
  });

  it('stores signed events of every kind, and nothing else', async (t) => {
    const { app, folder, posts } = await open(t, { SIGNING_SECRETS: secret });
    const paths = new Set<string>();

    await fire(100, async ({ body, headers }) => {
      const signed = { ...headers, ...signatureHeaders(body) };
      const turnedAway = [
        await posts(body, headers),
        await posts(Buffer.concat([body, Buffer.from(' ')]), signed),
        await posts(body, { ...signed, 'webhook-id': 'evt_2' }),
      ];
      const taken = await posts(body, signed);

      for (const answer of turnedAway) {
        assert.deepEqual(assertAnswer(answer), []);
        assert([401, 413, 415].includes(answer.status), `${answer.status}`);
      }
      assert.notEqual(taken.status, 401);
      for (const { path } of assertAnswer(taken)) if (path !== undefined) paths.add(path);
    });

    await assertUnharmed(t, app, folder, posts.count, paths);
  });
});

async function open(t: TestContext, environment: Record<string, string>) {
  const folder = await temporaryFolder(t);
  const app = await serveApp(t, { LAKE_URL: `file:${folder}`, ...limits, ...environment });
  const posts = Object.assign(
    (body: Uint8Array, headers: HostileRequest['headers']) => {
      posts.count++;
      return sendTo(app.url, body, { ...headers });
    },
    { count: 0 },
  );
  return { app, folder, posts };
}

/** A number of requests, not a time. A time limit could end a property in the middle of a request. */
async function fire(requests: number, shoot: (request: HostileRequest) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(hostileRequest, shoot), { numRuns: requests });
}

interface Told {
  readonly outcome: string;
  readonly path?: string;
}

/** The answer is JSON with correct counts, is no fault of ours, and shows nothing. */
function assertAnswer({ status, contentType, body }: RawAnswer): readonly Told[] {
  assert([200, 400, 401, 413, 415].includes(status), `${status}: ${body}`);
  assert.equal(contentType, status === 200 ? 'application/json' : 'application/problem+json');
  assertSecret(body);
  const { events = [], ...answer } = JSON.parse(body);
  if (events.length > 0) assert.equal(answer.stored + answer.alreadyStored + answer.refused, events.length);
  if (status !== 200) assert.equal(answer.status, status);
  return events;
}

function assertSecret(text: string): void {
  for (const secretText of [canary, canaryHex]) assert(!text.includes(secretText), text);
}

/**
 * The receiver is alive. It has exactly the reported files, a log line for each request, and its memory is within the
 * limit.
 */
async function assertUnharmed(
  t: TestContext,
  app: RunningReceiver,
  folder: string,
  count: number,
  paths: ReadonlySet<string>,
): Promise<void> {
  const files = await filesIn(folder);
  assert.deepEqual([...files.keys()].sort(), [...paths].sort());
  for (const text of files.values()) JSON.parse(text);

  const body = textOf(changeEvents.insert);
  const { status } = await sendTo(app.url, body, { ...json, ...signatureHeaders(body) });
  assert.equal(status, 200);

  await app.logged(/"message":"change events"/, count + 1);
  for (const line of app.lines) assertSecret(line);
  // Besides a line for each request, the log has the address and, once, that signatures are off.
  const messages = app.lines.slice(1).map((line) => String(JSON.parse(line).message));
  for (const message of messages) assert.match(message, /^(change events|signatures are off: .*)$/);
  assert.equal(messages.filter((message) => message === 'change events').length, count + 1);
  assert.equal(app.child.exitCode, null);
  const megabytes = await peakMegabytes(app.child);
  t.diagnostic(`${megabytes} MB at the peak`);
  assert(megabytes <= mostMegabytes, `${megabytes} MB`);
}
