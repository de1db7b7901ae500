import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, describe, it, type TestContext } from 'node:test';
import { placesOf } from '../../../local/doctor/places.ts';
import { checkReceiver } from '../../../local/doctor/receiver/receiver-checks.ts';
import { readSecret } from '../../../shared/http/signature.ts';
import { assertFailed, checksOf, named, outcomesOf } from '../../support/checks.ts';
import { filesIn, temporaryFolder } from '../../support/lakes.ts';
import { lifetime } from '../../support/lifetime.ts';
import { type RunningReceiver, serveApp, startReceiver } from '../../support/running-receiver.ts';
import { type Answer, forwardTo, type StorageRequest, served, startFront } from '../../support/storage-faults.ts';

const [secret, other] = [newSecret(), newSecret()];
const key = 'function-key-of-the-receiver==';
const allOk = {
  'receiver health': 'ok',
  'clock of the receiver': 'ok',
  'function key': 'ok',
  'unsigned refused': 'ok',
  'signed accepted': 'ok',
};

describe('checkReceiver()', () => {
  const life = lifetime();
  let receiver: RunningReceiver;
  let lake: string;
  before(async () => {
    lake = await temporaryFolder(life);
    receiver = await startReceiver(life, { LAKE_URL: `file:${lake}`, SIGNING_SECRETS: secret });
  });

  it('finds no problem in a receiver, and stores nothing', async () => {
    const checks = await check(receiver.url, [secret]);

    assert.deepEqual(outcomesOf(checks), allOk);
    assert.equal((await filesIn(lake)).size, 0);
  });

  it('distinguishes a wrong signature and a wrong function key', async (t) => {
    const signature = await check(receiver.url, [other]);
    const functionKey = await check(await keyed(t, receiver.url), [secret], 'another key');

    assertFailed(
      named(signature, 'signed accepted'),
      /^the secret must be one of the receiver's: the function key is right/,
      /appsettings set .*SIGNING_SECRETS/,
    );
    assert.equal(named(signature, 'function key').outcome, 'ok');
    const fix = /^export RECEIVER_KEY="\$\(az functionapp keys list .*functionKeys\.default/;
    assertFailed(
      named(functionKey, 'function key'),
      /^RECEIVER_KEY must be a function key of the app: Azure answers 401/,
      fix,
    );
    assert.equal(named(functionKey, 'signed accepted').outcome, 'leftOut');
  });

  it('sends the function key, and says if it is not set', async (t) => {
    const url = await keyed(t, receiver.url);

    assert.deepEqual(outcomesOf(await check(url, [secret], key)), allOk);
    assertFailed(
      named(await check(url, [secret], ''), 'function key'),
      /RECEIVER_KEY is not set$/,
      /^export RECEIVER_KEY/,
    );
  });

  it('tries each secret of a rotation by itself', async () => {
    const checks = await check(receiver.url, [secret, other]);

    const [first, second] = checks.filter(({ name }) => name === 'signed accepted');
    assert.equal(first?.outcome, 'ok');
    assert.match(second?.told ?? '', /^secret 2 of 2 must be one of the receiver's/);
  });

  it('says that a receiver accepts unsigned deliveries', async (t) => {
    const open = await startReceiver(t, { LAKE_URL: `file:${await temporaryFolder(t)}` });

    const checks = await check(open.url, [secret]);

    assertFailed(
      named(checks, 'unsigned refused'),
      /it was accepted, because the app has no SIGNING_SECRETS$/,
      /SIGNING_SECRETS/,
    );
  });

  it('says that the settings of a receiver are wrong', async (t) => {
    const wrong = await serveApp(t, { PORT: '0' });

    const checks = await check(wrong.url, [secret]);

    assertFailed(
      named(checks, 'receiver health'),
      /^the receiver must be healthy: its settings are wrong, or/,
      /log tail/,
    );
    assertFailed(named(checks, 'function key'), /it answers "misconfigured"$/, /which names every one of them/);
  });

  it('says that nobody listens, and leaves the rest out', async () => {
    const { origin, stop: end } = await startFront(async () => ({ status: 200, headers: {} }));
    await end();

    const checks = await check(origin, [secret]);

    assertFailed(
      named(checks, 'receiver health'),
      /^http:\/\/127\.0\.0\.1:\d+ must answer: ECONNREFUSED$/,
      /^az functionapp show /,
    );
    assert.equal(named(checks, 'signed accepted').told, 'it needs the check "receiver health" to succeed');
  });

  it('signs nothing if the settings are wrong here', async () => {
    const checks = await checksOf(checkReceiver({ ...patient(receiver.url, []), secrets: undefined }));

    assert.equal(named(checks, 'signed accepted').outcome, 'leftOut');
    assert.equal(named(checks, 'unsigned refused').outcome, 'ok');
  });

  it('shows the difference of the clocks', async (t) => {
    const forward = forwardTo(receiver.url);
    const url = await served(t, async (request) => {
      const answer = await forward(request);
      return { ...answer, headers: { ...answer.headers, date: new Date(Date.now() + 280_000).toUTCString() } };
    });

    // The time until the answer is not counted.
    const says = /(2[0-7]\d|280) s behind the receiver$/;
    assertFailed(named(await check(url, [secret]), 'clock of the receiver'), says, /timedatectl/);
  });

  const html = { 'content-type': 'text/html' };
  const inItsPlace: Readonly<Record<string, readonly [Answer, RegExp, RegExp]>> = {
    'a login page': [
      page(200, '<form>Sign in to your account</form>'),
      /a login page answers/,
      /^az webapp auth update .*--enabled false$/,
    ],
    'a redirect to a login': [{ status: 302, headers: { location: '/login' } }, /a login page answers/, /auth update/],
    'another program': [page(200, 'It works!'), /another program answers, with 200$/, /--url/],
    'an app without the function': [
      { status: 404, headers: {} },
      /there is no such function/,
      /^npm run build\nfunc azure functionapp publish/,
    ],
    'an app that is stopped': [
      page(403, 'stopped'),
      /it answers 403, so the app is stopped, or refuses this machine's address$/,
      /--query state/,
    ],
    'a host that does not start': [page(503, 'Service Unavailable'), /503, so the app does not start/, /log tail/],
  };
  for (const [what, [answer, says, fix]] of Object.entries(inItsPlace)) {
    it(`recognises ${what} instead of its health`, async (t) => {
      const url = await served(t, async () => answer);

      const checks = await check(url, [secret]);

      assertFailed(named(checks, 'receiver health'), says, fix);
      assert.equal(named(checks, 'function key').outcome, 'leftOut');
    });

    it(`recognises ${what} instead of its function`, async (t) => {
      const forward = forwardTo(receiver.url);
      const url = await served(t, (request) =>
        request.method === 'GET' ? forward(request) : drained(request, answer),
      );

      const checks = await check(url, [secret]);

      assertFailed(named(checks, 'function key'), says, fix);
      assert.equal(named(checks, 'signed accepted').outcome, 'leftOut');
    });
  }

  it('refuses a receipt that counts events', async (t) => {
    const forward = forwardTo(receiver.url);
    const body = Buffer.from(JSON.stringify({ stored: 1, alreadyStored: 0, refused: 0, failed: 0, events: [] }));
    const url = await served(t, async (request) => {
      if (request.headers['webhook-id'] === undefined) return await forward(request);
      return await drained(request, { status: 200, headers: {}, body });
    });

    assertFailed(named(await check(url, [secret]), 'signed accepted'), /the receipt counts events$/, /log tail/);
  });

  function page(status: number, text: string): Answer {
    return { status, headers: html, body: Buffer.from(text) };
  }
});

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function patient(url: string, secrets: readonly string[], functionKey = '') {
  const address = new URL('/api/change-events', url);
  const keys = secrets.map((text) => readSecret(text) ?? assert.fail(`${text} is no secret`));
  // As if the receiver were in Azure. Only the test knows that it listens on this machine.
  return { url: address, key: functionKey, secrets: keys, places: { ...placesOf(undefined, address), isHere: false } };
}

async function check(url: string, secrets: readonly string[], functionKey = '') {
  return await checksOf(checkReceiver(patient(url, secrets, functionKey)));
}

/** As Azure's host checks the key before the function. Health is anonymous. */
async function keyed(t: TestContext, url: string): Promise<string> {
  const forward = forwardTo(url);
  return await served(t, (request) => {
    const isOpen = request.method === 'GET' || request.headers['x-functions-key'] === key;
    return isOpen ? forward(request) : drained(request, { status: 401, headers: {} });
  });
}

async function drained(request: StorageRequest, answer: Answer): Promise<Answer> {
  await request.toArray();
  return answer;
}
