import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { moviesTrigger } from '../support/app-folders.ts';
import { type Azurite, emulatorAccount, emulatorKey, startAzurite } from '../support/azurite.ts';
import { assertNoCanary, canaries, signingSecret, storageKey } from '../support/canary.ts';
import { named } from '../support/checks.ts';
import { deployedAtlas, readReport, runDoctor } from '../support/doctor.ts';
import { temporaryFolder } from '../support/lakes.ts';
import { lifetime } from '../support/lifetime.ts';
import { type RunningReceiver, serveApp, startReceiver } from '../support/running-receiver.ts';
import { spawned, started } from '../support/spawned.ts';
import { bodyOf, forwardTo, served } from '../support/storage-faults.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;

describe('npm run doctor', { concurrency: 2 }, () => {
  const life = lifetime();
  let azurite: Azurite;
  let receiver: RunningReceiver;
  let settings: Readonly<Record<string, string>>;
  before(async () => {
    azurite = await startAzurite();
    const LAKE_URL = `${azurite.origin}/${emulatorAccount}/${azurite.container}/mongo`;
    settings = { LAKE_URL, STORAGE_ACCOUNT_KEY: emulatorKey, SIGNING_SECRETS: secret };
    receiver = await startReceiver(life, settings);
  });
  after(() => azurite.stop());

  it('ends with 0 and a line for each check if no check failed', async (t) => {
    const { api, folder } = await deployedAtlas(t);

    const environment = { ...api.environment, ...settings, RECEIVER_URL: receiver.url };
    const { code, output } = await spawned('doctor', environment, '--app', folder);

    assert.equal(code, 0, output);
    assert.match(output, /^ok +write once +the lake creates a file, and refuses a second file of its name$/m);
    assert.match(output, /^ok +signed accepted/m);
    assert.match(output, /^ok +outbox +0 wait, 0 refused$/m);
    assert.match(output, /\n\nNo check failed: 23 ok, 1 left out\n$/);
    assert(!output.includes('FAILED') && !output.includes('fix:'), output);
  });

  it('ends with 0 without an Admin API key, and names the checks that it leaves out', async () => {
    const { code, output } = await runDoctor(settings, '--url', receiver.url);

    assert.equal(code, 0, output);
    assert.match(
      output,
      /^left out +Admin API key +without an Admin API key the Atlas side is not checked\n {10}fix: export ATLAS_PUBLIC_KEY=/m,
    );
  });

  it('ends with 1 if one check fails, with its fix below it', async (t) => {
    const { api, app, folder } = await deployedAtlas(t);
    app.put('triggers', { name: moviesTrigger, disabled: true });

    const environment = { ...api.environment, ...settings, RECEIVER_URL: receiver.url };
    const told = await spawned('doctor', environment, '--app', folder);

    assert.equal(told.code, 1);
    assert.match(
      told.output,
      /^FAILED +trigger \S+ +must run: it is disabled.*\n {10}fix: Atlas UI, Triggers, column Actions: Restart.*\n {15}docs\/operate\.md/m,
    );
    assert.match(told.output, /\n\n1 of \d+ checks failed, 1 left out\n$/);
  });

  it('prints one object with every check, and the same exit code', async () => {
    const well = await runDoctor(settings, '--json', '--url', receiver.url);
    const unwell = await runDoctor({ ...settings, LAKE_URL: 'lake' }, '--json', '--url', receiver.url);

    const [good, bad] = [readReport(well), readReport(unwell)];
    assert.deepEqual([well.code, good.ok, unwell.code, bad.ok], [0, true, 1, false]);
    for (const { name, outcome, told, fix } of [...good.checks, ...bad.checks]) {
      assert(name !== '' && told !== '' && ['ok', 'failed', 'leftOut'].includes(outcome));
      assert(outcome !== 'failed' || (fix ?? '') !== '', `${name} has no fix`);
    }
    assert.match(named(bad.checks, 'settings').told, /^LAKE_URL must be an abfss:/);
    assert.equal(named(bad.checks, 'write once').outcome, 'leftOut');
    assert.equal(named(bad.checks, 'receiver health').outcome, 'ok');
  });

  it('accepts the function key under both names', async (t) => {
    const forward = forwardTo(receiver.url);
    const url = await served(t, async (request) => {
      if (request.method === 'GET' || request.headers['x-functions-key'] === 'the-key') return await forward(request);
      await bodyOf(request);
      return { status: 401, headers: {} };
    });

    const codes = [{ RECEIVER_KEY: 'the-key' }, { LAKE_RECEIVER_KEY: 'the-key' }, {}].map(
      async (key) => (await runDoctor({ ...settings, ...key }, '--url', url)).code,
    );

    assert.deepEqual(await Promise.all(codes), [0, 0, 1]);
  });

  it('reads the address from lake-sync.json', async (t) => {
    const sync = { receiverUrl: `${receiver.url}/api/change-events` };
    const { folder } = await deployedAtlas(t, { 'lake-sync.json': sync });

    const { code, output } = await runDoctor(settings, '--app', folder);

    assert.equal(code, 0, output);
    assert.match(output, /^ok +receiver address .*, from lake-sync\.json$/m);
  });

  const addresses: Readonly<Record<string, RegExp>> = {
    'https://app.example/api/change-events?code=x': /--url must be without user, query string and fragment/,
    'http://app.example': /--url must be an https:\/\/ address/,
    'https://app.example/other': /--url must be an address that ends in \/api\/change-events/,
    nowhere: /--url must be the whole address of the receiver: it is "nowhere"/,
  };
  for (const [url, says] of Object.entries(addresses))
    it(`sends nothing to ${url}`, async () => {
      const report = readReport(await runDoctor(settings, '--json', '--url', url));

      assert.match(named(report.checks, 'receiver address').told, says);
      assert.equal(named(report.checks, 'receiver health').outcome, 'leftOut');
    });

  for (const [option, value, says] of [
    ['--probe', 'movies', /^Cannot probe: --probe must be <database>\.<collection>, /],
    ['--probe', 'atlas_lake_sync.outbox', /another database than/],
    ['--wait', 'long', /^Cannot probe: --wait must be a number of seconds from 1 to 9999: it is "long"/],
    ['--frob', 'x', /unknown option '--frob'/],
  ] as const)
    it(`refuses ${option} ${value}`, async () => {
      const { code, output } = await runDoctor(settings, option, value);

      assert.equal(code, 1);
      assert.match(output, says);
    });

  it('prints its help', async () => {
    const { code, output } = await spawned('doctor', {}, '--help');

    assert.equal(code, 0);
    for (const word of ['--url', '--probe', '--wait', '--json', '--app', 'RECEIVER_KEY', 'ATLAS_PUBLIC_KEY'])
      assert(output.includes(word), word);
  });

  it('removes its traces when a person ends it', async (t) => {
    const forward = forwardTo(azurite.origin);
    const created = Promise.withResolvers<void>();
    let puts = 0;
    const origin = await served(t, async (request) => {
      if (request.method !== 'PUT' || ++puts === 1) return await forward(request);
      created.resolve();
      return await new Promise(() => undefined);
    });
    const directory = `ended-${randomBytes(4).toString('hex')}`;
    const LAKE_URL = `${origin}/${emulatorAccount}/${azurite.container}/${directory}`;
    const child = started('doctor', { ...settings, LAKE_URL });
    await created.promise;
    assert.equal((await azurite.names(directory)).length, 1);

    child.kill('SIGINT');

    assert.deepEqual(await once(child, 'exit'), [130, null]);
    assert.deepEqual(await azurite.names(directory), []);
  });

  describe('secrets', () => {
    const secrets = {
      SIGNING_SECRETS: signingSecret,
      LAKE_SIGNING_SECRET: signingSecret,
      RECEIVER_KEY: canaries.functionKey,
      LAKE_RECEIVER_KEY: canaries.functionKey,
    };

    for (const status of [200, 401, 404, 503])
      it(`shows no secret when all servers repeat their requests with ${status}`, async (t) => {
        const origin = await served(t, async (request) => {
          const { url, headers } = request;
          const all = JSON.stringify({ url, headers, body: (await bodyOf(request)).toString() });
          const told = [...all]
            .filter((character) => character >= ' ')
            .join('')
            .slice(0, 4000);
          const repeated = {
            'x-ms-error-code': told,
            'www-authenticate': told,
            date: told,
            location: told,
          };
          const body = JSON.stringify({
            error: told,
            error_code: told,
            type: told,
            status: told,
            title: told,
            result: told,
            link: told,
          });
          return { status, headers: { ...repeated, 'content-type': 'application/json' }, body: Buffer.from(body) };
        });
        const { api, folder } = await deployedAtlas(t);
        const environment = {
          ...api.environment,
          ...secrets,
          ATLAS_ADMIN_API: origin,
          ATLAS_PRIVATE_KEY: canaries.privateKey,
          LAKE_URL: `${origin}/account/lake/mongo`,
          STORAGE_ACCOUNT_KEY: storageKey,
        };

        const args = status === 200 ? ['--json'] : [];
        const given = ['--url', origin, '--app', folder, ...args];
        const { code, output } = await (status === 503
          ? spawned('doctor', environment, ...given)
          : runDoctor(environment, ...given));

        assert.equal(code, 1);
        assertNoCanary('npm run doctor', output);
      });

    it('shows no secret that is in the wrong setting or address', async () => {
      const environment = {
        ...secrets,
        LAKE_URL: `https://account.blob.core.windows.net/lake?sig=${canaries.storageKey}`,
        STORAGE_ACCOUNT_KEY: `${storageKey}!`,
        SIGNING_SECRETS: `${signingSecret}!`,
        ATLAS_PUBLIC_KEY: `${canaries.privateKey} x`,
        ATLAS_PRIVATE_KEY: `${canaries.privateKey} x`,
        ATLAS_PROJECT_ID: canaries.privateKey.repeat(2),
      };

      for (const url of [`https://app.example/api/change-events?code=${canaries.urlQuery}`, signingSecret]) {
        const { output } = await runDoctor({ ...environment, RECEIVER_URL: url });

        assertNoCanary('npm run doctor', output);
      }
    });

    it('shows no content of the outbox and of Atlas logs', async (t) => {
      const { api, app, folder } = await deployedAtlas(t);
      const error = `(ChangeStreamHistoryLost) ${canaries.document}`;
      app.put('triggers', { name: moviesTrigger, disabled: true, error });
      app.logs.push({
        type: 'DB_TRIGGER',
        event_subscription_name: moviesTrigger,
        started: '2026-11-20T10:15:30Z',
        error,
      });
      app.database.around = () => Promise.reject(new Error(canaries.document));

      const environment = { ...api.environment, ...settings, RECEIVER_URL: receiver.url };
      const { output } = await runDoctor(environment, '--app', folder, '--probe', 'sample_mflix.movies');

      assert.match(output, /ChangeStreamHistoryLost/);
      assertNoCanary('npm run doctor', output);
      for (const hidden of [secret, emulatorKey, String(api.environment['ATLAS_PRIVATE_KEY']), 'token-of-this-session'])
        assert(!output.includes(hidden), output);
    });
  });

  it('checks the receiver of npm start if no other receiver is set', async (t) => {
    const lake = { LAKE_URL: `file:${await temporaryFolder(t)}` };
    const { port } = new URL((await startReceiver(t, lake)).url);

    const { code, output } = await runDoctor({ ...lake, PORT: port }, '--app', await temporaryFolder(t));

    assert.equal(code, 0, output);
    assert.match(
      output,
      new RegExp(`^ok +receiver address +http://localhost:${port}/api/change-events, from npm start$`, 'm'),
    );
    assert.match(output, /^left out +signing secret/m);
    assert.match(output, /^No check failed/m);
  });

  it('suggests fixes for a receiver on this machine, and no command for Azure', async (t) => {
    const lake = { LAKE_URL: `file:${await temporaryFolder(t)}` };
    const wrong = await serveApp(t, { LAKE_URL: 'nonsense' });
    const another = await served(t, async () => ({ status: 404, headers: {} }));
    const unsigned = await startReceiver(t, lake);

    for (const url of [wrong.url, another, unsigned.url]) {
      const { code, output } = await runDoctor({ ...lake, SIGNING_SECRETS: secret }, '--url', url);

      assert.equal(code, 1, output);
      assert.doesNotMatch(output, /\baz |func azure|azurewebsites/);
      assert.match(output, /npm start/);
    }
  });

  it('needs an address if the lake is in Azure', async (t) => {
    const lake = {
      LAKE_URL: 'http://127.0.0.1:9/account/lake',
      STORAGE_ACCOUNT_KEY: Buffer.alloc(32).toString('base64'),
    };

    const { code, output } = await runDoctor(lake, '--app', await temporaryFolder(t));

    assert.equal(code, 1);
    assert.match(
      output,
      /^FAILED +receiver address +the address of the receiver must be in --url, RECEIVER_URL or lake-sync.json/m,
    );
  });

  it('does not blame the key if Atlas cannot be found', async (t) => {
    const { api, folder } = await deployedAtlas(t);
    const lake = { LAKE_URL: `file:${await temporaryFolder(t)}` };
    const atlas = { ...api.environment, ATLAS_ADMIN_API: 'http://127.0.0.1:9/api/admin/v3.0' };

    const { output } = await runDoctor({ ...lake, ...atlas }, '--app', folder, '--url', 'http://localhost:9');

    const [, check = ''] = /^FAILED +Admin API key(.*?)\n(?=\S)/ms.exec(output) ?? [];
    assert.match(check, /Cannot reach Atlas/);
    assert.match(check, /check the network, the DNS and the proxy .*The key is not the cause/);
  });
});
