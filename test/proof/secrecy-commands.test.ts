import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { command as deploy } from '../../local/commands/atlas-deploy.ts';
import { command as sample } from '../../local/commands/sample.ts';
import { startAdminApi } from '../support/admin-api.ts';
import { temporaryAppFolder } from '../support/app-folders.ts';
import { assertNoCanary, canaries, signingSecret } from '../support/canary.ts';
import { performed } from '../support/commands.ts';
import { bodyOf, forwardTo, type Serve, startFront } from '../support/storage-faults.ts';

const told = { RECEIVER_KEY: canaries.functionKey, SIGNING_SECRETS: signingSecret };
const keys = {
  ATLAS_PUBLIC_KEY: 'abcdefgh',
  ATLAS_PRIVATE_KEY: canaries.privateKey,
  LAKE_RECEIVER_KEY: canaries.functionKey,
  LAKE_SIGNING_SECRET: signingSecret,
};

/** The answers that replace the receiver's after a good health check, and the command's output. */
const receivers: Readonly<Record<string, readonly [number, (all: string) => string, RegExp]>> = {
  'a page': [200, (all) => `<html>${all}</html>`, /answered 200 without a receipt/],
  'a problem of others': [401, (all) => JSON.stringify({ type: all, title: all, detail: all }), /answered 401/],
  'a fault': [500, (all) => all, /answered 500/],
};

/** Where Atlas begins to refuse, repeating what it was sent. */
const refusals: Readonly<Record<string, readonly [RegExp, RegExp]>> = {
  'the sign-in': [/\/login$/, /^Cannot sign in to Atlas: .*Atlas answered 400/],
  'the list of apps': [/\/apps$/, /^Cannot list the apps: .*Atlas answered 400/],
  'a secret': [/\/secrets$/, /\nCannot .*Atlas answered 400/],
};

describe('the commands, of the keys in their environment', { concurrency: true }, () => {
  for (const [what, [status, bodyFor, says]] of Object.entries(receivers)) {
    it(`shows nothing secret in npm run sample of a receiver that repeats all in ${what}`, async (t) => {
      const origin = await serverOf(t, async (request) => {
        if (request.method === 'GET') return { status: 200, headers: {} };
        return { status, headers: { 'retry-after': '100' }, body: Buffer.from(bodyFor(await repeated(request))) };
      });

      const { code, output } = await performed(sample, told, '--url', origin);

      assert.equal(code, 1);
      assert.match(output, says);
      assertNoCanary('npm run sample', output);
    });
  }

  it('shows nothing secret in npm run sample where no receiver listens', async () => {
    const { code, output } = await performed(sample, told, '--url', 'http://127.0.0.1:9');

    assert.equal(code, 1);
    assert.match(output, /a receiver must listen on/);
    assertNoCanary('npm run sample', output);
  });

  it('shows nothing secret in npm run sample of an address with a key', async () => {
    const { code, output } = await performed(sample, told, '--url', `http://127.0.0.1:9/?code=${canaries.urlQuery}`);

    assert.equal(code, 1);
    assert.match(output, /--url must be/);
    assertNoCanary('npm run sample', output);
  });

  it('shows nothing secret in npm run sample of a malformed secret', async (t) => {
    const origin = await serverOf(t, async () => ({ status: 200, headers: {} }));

    const malformed = { ...told, SIGNING_SECRETS: `${signingSecret}!` };
    const { code, output } = await performed(sample, malformed, '--url', origin);

    assert.equal(code, 1);
    assert.match(output, /Cannot sign: SIGNING_SECRETS must begin with/);
    assertNoCanary('npm run sample', output);
  });

  for (const [what, [path, says]] of Object.entries(refusals)) {
    it(`shows nothing secret in npm run atlas:deploy when Atlas refuses ${what} and repeats it`, async (t) => {
      const { environment } = await startAdminApi(t);
      const atlas = new URL(String(environment['ATLAS_ADMIN_API']));
      const serve = forwardTo(atlas.origin);
      const origin = await serverOf(t, async (request) => {
        const isWrite = request.method === 'POST' || what !== 'a secret';
        if (isWrite && path.test(request.url ?? '')) {
          const all = await repeated(request);
          const body = JSON.stringify({ error: all, error_code: all, link: all });
          return { status: 400, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
        }
        // It knows no keys but its own.
        return request.url?.endsWith('/login') === true ? await signedIn(request) : await serve(request);
      });
      const folder = await temporaryAppFolder(t);

      const address = { ...environment, ...keys, ATLAS_ADMIN_API: `${origin}${atlas.pathname}` };
      const { code, output } = await performed(deploy, address, '--app', folder);

      assert.equal(code, 1);
      assert.match(output, says);
      assert.match(output, what === 'the list of apps' ? /400/ : /\(hidden\)/);
      assertNoCanary('npm run atlas:deploy', output);
      assert(!output.includes('token-of-this-session'), output);
    });
  }

  it('shows nothing secret in npm run atlas:deploy of keys that are malformed', async (t) => {
    const folder = await temporaryAppFolder(t);
    const spaced = Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, `${value} ${value}`]));

    const { code, output } = await performed(deploy, { ...spaced, ATLAS_PROJECT_ID: 'none' }, '--app', folder);

    assert.equal(code, 1);
    assert.match(output, /ATLAS_PRIVATE_KEY must be .*: it is malformed\n/);
    assertNoCanary('npm run atlas:deploy', output);
  });
});

async function serverOf(t: TestContext, serve: Serve): Promise<string> {
  const front = await startFront(serve);
  t.after(() => front.stop());
  return front.origin;
}

async function repeated(request: Parameters<Serve>[0]): Promise<string> {
  const body = (await bodyOf(request)).toString();
  return JSON.stringify({ body, url: request.url, headers: request.headers });
}

async function signedIn(request: Parameters<Serve>[0]) {
  await bodyOf(request);
  const session = {
    access_token: 'token-of-this-session',
    refresh_token: 'unused',
    user_id: '60aaaaaaaaaaaaaaaaaaaaaa',
  };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(session)) };
}
