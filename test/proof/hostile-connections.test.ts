import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { receive } from '../../shared/http/receive.ts';
import { isAuthentic, readSecret } from '../../shared/http/signature.ts';
import { changeEvents, textOf } from '../support/change-events.ts';
import { countedWork } from '../support/counted-work.ts';
import { deliveryOf, now, receiverWith, secret, secretKey, signatureHeaders } from '../support/deliveries.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { memoryLake } from '../support/memory-lake.ts';
import { peakMegabytes } from '../support/peak-memory.ts';
import { json, open, saidOn, sendEndlessly, sendTo } from '../support/raw-requests.ts';
import { serveApp } from '../support/running-receiver.ts';

const event = textOf(changeEvents.insert);
const typed = 'content-type: application/json';

describe('a body with a wrong declared length', { concurrency: 2 }, () => {
  it('stores nothing where it is longer', async (t) => {
    const { app, stored } = await serve(t);

    const said = await saidOn(await open(app.url, [typed, `content-length: ${event.length - 1}`], String(event)));

    assert.match(said, /^HTTP\/1\.1 400 /);
    assert.equal(await stored(), 0);
    assert.equal((await sendTo(app.url, event)).status, 200);
  });

  it('stores nothing where it is shorter, and gives its room back', async (t) => {
    const { app, stored } = await serve(t);
    // This is no event, so nothing is stored if there is room for it.
    const large = ' '.repeat(90_000);
    const sockets = await holdRoom(app.url, large);

    sockets[0]?.end();
    sockets[1]?.destroy();
    sockets[2]?.resetAndDestroy();

    await eventually(async () => (await sendTo(app.url, large)).status === 400);
    assert.equal(await stored(), 0);
    assert.equal((await sendTo(app.url, event)).status, 200);
  });

  it('is refused if its length is ambiguous', async (t) => {
    const { app, stored } = await serve(t);

    for (const lengths of [
      ['content-length: 5', 'content-length: 5000'],
      ['content-length: 5', 'transfer-encoding: chunked'],
      ['content-length: -1'],
      ['content-length: 0x10'],
    ])
      assert.match(await saidOn(await open(app.url, [typed, ...lengths], String(event))), /^HTTP\/1\.1 400 /);

    assert.equal(await stored(), 0);
    assert.equal((await sendTo(app.url, event)).status, 200);
  });

  it('is turned away at its limit where it has no end', async (t) => {
    const { app } = await serve(t);

    assert.equal(await sendEndlessly(app.url, Buffer.alloc(50_000, ' ')), 413);

    assert.equal((await sendTo(app.url, event)).status, 200);
    assert((await peakMegabytes(app.child)) < 256);
  });
});

describe('a body that arrives byte by byte', () => {
  it('delays no other request', async (t) => {
    const { app } = await serve(t);
    const sockets = await Promise.all(Array.from({ length: 50 }, () => open(app.url, [typed, 'content-length: 1000'])));
    const dripping = setInterval(() => {
      for (const socket of sockets) socket.write(' ');
    }, 20);
    t.after(() => {
      clearInterval(dripping);
      for (const socket of sockets) socket.destroy();
    });

    for (let number = 1; number <= 20; number++) assert.equal((await sendTo(app.url, event)).status, 200);
  });

  it('is given up within 25 s, and stores nothing', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const lake = memoryLake();
    async function* drip() {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        yield Buffer.from(' ');
      }
    }

    const delivery = deliveryOf('', { contentLength: '1000', body: ReadableStream.from(drip()) });
    const receiving = receive(delivery, receiverWith(lake), now);
    for (let second = 0; second < 25; second++) {
      await new Promise(setImmediate);
      t.mock.timers.tick(1_000);
    }

    assert.equal((await receiving).kind, 'incomplete-body');
    assert.equal(lake.files.size, 0);
  });
});

describe('a forged proof of origin', () => {
  const proof = signatureHeaders(event);
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = proof;
  const wrong = `v1,${Buffer.alloc(32).toString('base64')}`;
  const timestamps = [`${timestamp}.0`, `+${timestamp}`, `${timestamp}n`, `${timestamp}e0`, '1e9', 'NaN', '', '-1'];
  const forged: Readonly<Record<string, OutgoingHttpHeaders>> = {
    'a signature twice': { ...proof, 'webhook-signature': [signature, signature] },
    'a timestamp twice': { ...proof, 'webhook-timestamp': [timestamp, timestamp] },
    'an id twice': { ...proof, 'webhook-id': [id, id] },
    'no signature': { ...proof, 'webhook-signature': '' },
    'another version': { ...proof, 'webhook-signature': signature.replace('v1', 'v1a') },
    'a signature without its end': { ...proof, 'webhook-signature': signature.slice(0, -1) },
    'a true signature behind 10,000 others': {
      ...proof,
      'webhook-signature': `${`${wrong} `.repeat(10_000)}${signature}`,
    },
    ...Object.fromEntries(timestamps.map((text) => [`signed at "${text}"`, { ...proof, ...signedAt(text) }])),
    'signed at as many digits as a header holds': { ...proof, ...signedAt('1'.repeat(10_000)) },
  };

  it('stores nothing, and shows nothing', async (t) => {
    const { app, stored } = await serve(t, signing);

    for (const [what, headers] of Object.entries(forged)) {
      const answer = await sendTo(app.url, event, { ...json, ...headers });
      assert.equal(answer.status, 401, what);
      assert.deepEqual(Object.keys(JSON.parse(answer.body)), ['type', 'title', 'status'], what);
    }

    assert.equal(await stored(), 0);
    assert.equal((await sendTo(app.url, event, { ...json, ...proof })).status, 200);
  });

  it('causes no more work than a true one, with 10,000 signatures', () => {
    const many = `${wrong} `.repeat(10_000).trim();
    const workFor = (signatures: string) =>
      countedWork(() => isAuthentic(event, { id, timestamp, signature: signatures }, [secretKey], new Date()));

    const [one, tenThousand] = [workFor(signature), workFor(many)];

    assert(one > 0 && tenThousand <= one, `${one} and ${tenThousand}`);
  });
});

/** Node's own limit would refuse the longest header before the app. */
const signing = { SIGNING_SECRETS: secret, NODE_OPTIONS: '--max-http-header-size=1000000' };

async function serve(t: TestContext, environment: Record<string, string> = {}) {
  const folder = await temporaryFolder(t);
  const limits = { MAX_BODY_BYTES: '100000', MAX_BYTES_IN_FLIGHT: '100000' };
  const app = await serveApp(t, { LAKE_URL: `file:${folder}`, ...limits, ...environment });
  return { app, stored: async () => (await filesIn(folder)).size };
}

/** Signed with the right secret, so that only the form of the time is wrong. */
function signedAt(timestamp: string): OutgoingHttpHeaders {
  const mac = createHmac('sha256', readSecret(secret) ?? '');
  const signature = `v1,${mac.update(`evt_1.${timestamp}.`).update(event).digest('base64')}`;
  return { 'webhook-timestamp': timestamp, 'webhook-signature': signature };
}

/**
 * Begins three bodies and does not finish them, until the receiver has no room for `large`. The receiver gives up a
 * silent body after 5 s. On a busy machine this can come first. Then new bodies begin.
 */
async function holdRoom(url: string, large: string): Promise<Socket[]> {
  const begun = `${event}${' '.repeat(32_000 - event.length)}`;
  for (;;) {
    const sockets = await Promise.all([1, 2, 3].map(() => open(url, [typed, 'content-length: 33000'], begun)));
    let isGivenUp = false;
    for (const socket of sockets) {
      socket.resume().once('close', () => {
        isGivenUp = true;
      });
    }
    while (!isGivenUp) if ((await sendTo(url, large)).status === 503) return sockets;
    for (const socket of sockets) socket.destroy();
  }
}

/** The other side notices a broken connection a little later. */
async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(10);
}
