import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { before, describe, it } from 'node:test';
import { changeEvents, insertOf, textOf } from '../support/change-events.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { lifetime } from '../support/lifetime.ts';
import { type RunningReceiver, serveApp, startReceiver } from '../support/running-receiver.ts';

const json = { 'content-type': 'application/json' };

describe('GET /api/status of a deployed app', () => {
  const life = lifetime();
  let folder: string;
  let app: RunningReceiver;
  before(async () => {
    folder = await temporaryFolder(life);
    app = await serveApp(life, { LAKE_URL: `file:${folder}` });
  });

  it('shows counts and names of each collection, and nothing of documents', async () => {
    const event = { ...insertOf({ _id: 'canary-4711', title: 'canary-4712' }), clusterTime: timeNow() };
    await app.post(JSON.stringify([event, { ...event, operationType: 5 }]));

    const { page } = await status(app);

    assert.match(page, /sample_mflix\.movies/);
    assert.match(page, /1 event in the last 24 hours/);
    assert.match(page, /1 event refused/);
    assert.doesNotMatch(page, /canary|\.json|data-path|Play the sample/);
  });

  it('allows only its own script, and no cache', async () => {
    const { headers } = await status(app);

    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; connect-src 'self';/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
  });

  it('escapes names with markup', async (t) => {
    const other = await serveApp(t, { LAKE_URL: `file:${await temporaryFolder(t)}` });
    const ns = { db: 'shop', coll: '<img src=x onerror=alert(1)>"\'&' };
    await other.post(textOf({ ...changeEvents.insert, clusterTime: timeNow(), ns }));

    const { page } = await status(other);

    assert.doesNotMatch(page, /<img/);
    assert.match(page, /shop\.&#60;img src=x onerror=alert\(1\)&#62;&#34;&#39;&#38;/);
  });

  it('names wrong settings, and answers 503 as every route does', async (t) => {
    const misled = await serveApp(t, { LAKE_URL: 'lake', SIGNING_SECRETS: 'canary' });

    const { page, code } = await status(misled);

    assert.equal(code, 503);
    assert.match(page, /LAKE_URL must be an abfss/);
    assert.doesNotMatch(page, /canary/);
  });

  it('says that the lake does not answer', async (t) => {
    const alone = await serveApp(t, {
      LAKE_URL: 'http://127.0.0.1:9/account/lake/events',
      STORAGE_ACCOUNT_KEY: Buffer.from('canary'.repeat(4)).toString('base64'),
    });

    const { page, code } = await status(alone);

    assert.equal(code, 200);
    assert.match(page, /The lake does not answer\. Senders keep their events/);
    assert.match(page, /The lake cannot be listed/);
  });

  it('shows the progress of tables if TABLES is on, and nothing of tables if it is off', async (t) => {
    const folder = await temporaryFolder(t);
    const off = await serveApp(t, { LAKE_URL: `file:${folder}` });
    await off.post(textOf({ ...changeEvents.insert, clusterTime: timeNow() }));
    const on = await serveApp(t, { LAKE_URL: `file:${folder}`, TABLES: 'delta', TABLES_EVERY_MINUTES: '1' });

    assert.doesNotMatch((await status(off)).page, /data-head="Table"/);
    assert.match((await status(on)).page, /data-head="Table">empty</);
    await fetch(`${on.url}/admin/functions/compact`, { method: 'POST' });
    await on.logged(/"message":"tables"/);
    await shown(on, /data-head="Table">up to date<br><span class="note">1 row</);
  });
});

describe('GET /api/status on a laptop', () => {
  const life = lifetime();
  let folder: string;
  let receiver: RunningReceiver;
  before(async () => {
    folder = await temporaryFolder(life);
    receiver = await startReceiver(life, { LAKE_URL: `file:${folder}` });
  });

  it('lists the latest deliveries, and shows the content of a file', async () => {
    await receiver.post(textOf(changeEvents.insert));

    const { page } = await status(receiver);
    const path = /data-path="([^"]+)"/.exec(page)?.[1] ?? '';
    const content = await fetch(`${receiver.url}/local/file?path=${encodeURIComponent(path)}`);

    assert.match(page, /<span class="outcome stored">stored<\/span>/);
    const files = await filesIn(folder);
    assert.deepEqual([...files.keys()], [path]);
    assert.equal(await content.text(), files.get(path));
    assert.equal(content.headers.get('content-type'), 'text/plain; charset=utf-8');
  });

  it('plays the sample', async () => {
    const before = await filesIn(folder);

    const answer = await fetch(`${receiver.url}/local/sample`, { method: 'POST' });

    assert.equal(await answer.text(), '9 events sent: 8 stored, 1 already stored.');
    assert.equal((await filesIn(folder)).size - before.size, 8);
  });

  it('reads no file outside of the lake', async () => {
    for (const path of ['../../etc/passwd', '/etc/passwd', '', 'none.json']) {
      const answer = await fetch(`${receiver.url}/local/file?path=${encodeURIComponent(path)}`);
      assert([400, 404].includes(answer.status), path);
    }
  });

  it('refuses files and timers to another site in the same browser', async () => {
    const fromElsewhere = { 'sec-fetch-site': 'cross-site' };

    const crossSite = await fetch(`${receiver.url}/local/sample`, { method: 'POST', headers: fromElsewhere });
    const timer = await fetch(`${receiver.url}/admin/functions/compact`, { method: 'POST', headers: fromElsewhere });
    const byOrigin = await fetch(`${receiver.url}/local/sample`, {
      method: 'POST',
      headers: { origin: 'https://attacker.example' },
    });
    const rebound = await statusFor(`${receiver.url}/local/lake`, 'attacker.example:7071');

    assert.deepEqual([crossSite.status, timer.status, byOrigin.status, rebound], [403, 403, 403, 403]);
  });

  it('hides the page from requests to another host name, as through a tunnel, but takes their events', async () => {
    const page = await statusFor(`${receiver.url}/api/status`, 'attacker.example');
    const health = await statusFor(`${receiver.url}/api/health`, 'tunnel.example');
    const event = await statusFor(`${receiver.url}/api/change-events`, 'tunnel.example', textOf(changeEvents.insert));

    assert.deepEqual([page, health, event], [403, 200, 200]);
  });
});

/** The page may still show its earlier view for a while. */
async function shown(app: RunningReceiver, pattern: RegExp): Promise<void> {
  const signal = AbortSignal.timeout(200_000);
  let page = '';
  while (!pattern.test(page)) {
    if (signal.aborted) assert.match(page, pattern);
    page = (await status(app)).page;
  }
}

/** A browser would send this host name, but `fetch` cannot. */
async function statusFor(url: string, host: string, body?: Uint8Array): Promise<number | undefined> {
  const method = body === undefined ? 'GET' : 'POST';
  const [response] = await once(request(url, { method, headers: { ...json, host } }).end(body), 'response');
  response.resume();
  return response.statusCode;
}

async function status(app: RunningReceiver) {
  const answer = await fetch(`${app.url}/api/status`, { headers: json });
  const text = await answer.text();
  // The style and the script are the same for every lake.
  const page = text.replaceAll(/<(style|script)>.*?<\/\1>/gs, '');
  return { page, headers: answer.headers, code: answer.status };
}

/** The page shows only the last 24 hours. */
function timeNow() {
  return { $timestamp: { t: Math.floor(Date.now() / 1000), i: 1 } };
}
