import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openReceiver } from '../../shared/app/open-receiver.ts';
import { assertNoCanary, canaries, canaryEvent, redactKey, signingSecret, storageKey } from '../support/canary.ts';
import { failToStart, serveApp } from '../support/running-receiver.ts';

const lake = { LAKE_URL: 'https://account.dfs.core.windows.net/lake' };
const sas = `sv=2024-11-04&ss=b&sig=${canaries.urlQuery}`;
const connectionString = `DefaultEndpointsProtocol=https;AccountName=account;AccountKey=${storageKey};EndpointSuffix=core.windows.net`;

/** A secret in its own setting that has not its form, and secrets where somebody took one setting for another. */
const wrong: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a storage key without its end': { ...lake, STORAGE_ACCOUNT_KEY: storageKey.slice(0, -1) },
  'a storage key in quotes': { ...lake, STORAGE_ACCOUNT_KEY: `"${storageKey}"` },
  'a storage key by both its names': { ...lake, STORAGE_ACCOUNT_KEY: storageKey, storage_account_key: storageKey },
  'a connection string for a storage key': { ...lake, STORAGE_ACCOUNT_KEY: connectionString },
  'signing secrets without whsec_': { ...lake, SIGNING_SECRETS: signingSecret.replace('whsec_', '') },
  'a signing secret that is too short': { ...lake, SIGNING_SECRETS: `${signingSecret} ${signingSecret.slice(0, 26)}` },
  'a signing secret that is no base64': { ...lake, SIGNING_SECRETS: `whsec_${canaries.signingSecret}!` },
  'a lake with a shared access signature': { LAKE_URL: `${lake.LAKE_URL}?${sas}` },
  'a lake with a signature for a fragment': { LAKE_URL: `${lake.LAKE_URL}#${sas}` },
  'a lake with a signature behind an escaped mark': { LAKE_URL: `https://account.blob.core.windows.net/lake%3F${sas}` },
  'a lake with a password': { LAKE_URL: `abfss://lake:${canaries.urlQuery}@account.dfs.core.windows.net/` },
  'a lake with a name and a password': {
    LAKE_URL: `https://me:${canaries.urlQuery}@account.dfs.core.windows.net/lake`,
  },
  'a lake of another scheme': { LAKE_URL: `wasbs://lake@account.blob.core.windows.net/?${sas}` },
  'a connection string for a lake': { LAKE_URL: connectionString },
  'a signature alone for a lake': { LAKE_URL: `?${sas}` },
  'a storage key for a lake': { LAKE_URL: storageKey },
  'a signing secret for a lake': { LAKE_URL: signingSecret },
  'a connection string for an account': { storage_account_name: connectionString, storage_container: 'lake' },
  'a storage key for an account': { storage_account_name: storageKey, storage_container: 'lake' },
  'a storage key for a container': { storage_account_name: 'account', storage_container: storageKey },
  'a REDACT_KEY without whsec_': { ...lake, REDACT: '*: email', REDACT_KEY: redactKey.replace('whsec_', '') },
  'a REDACT_KEY alone': { ...lake, REDACT_KEY: redactKey },
  'a REDACT_KEY for REDACT': { ...lake, REDACT: redactKey },
  'a REDACT_KEY without whsec_ for REDACT': { ...lake, REDACT: redactKey.replace('whsec_', '') },
  'a REDACT_KEY behind the rules of REDACT': { ...lake, REDACT: `*: email=hash; ${redactKey}` },
  'a storage key in REDACT': { ...lake, REDACT: `*: email=${storageKey}` },
  'a signing secret for the API': { ...lake, LAKE_API: signingSecret },
  'a signing secret for a prefix': { ...lake, FILE_PREFIX: `${signingSecret}=` },
  'a storage key for a number': { ...lake, MAX_EVENTS: storageKey },
};

describe('wrong settings, of the secrets in them', { concurrency: true }, () => {
  for (const [what, environment] of Object.entries(wrong)) {
    it(`shows nothing of ${what}`, async () => {
      const told: string[] = [];

      const opened = await openReceiver(environment);

      assert(opened.kind === 'misconfigured');
      opened.logProblems((line) => told.push(line), new Date());
      assert.equal(told.length, 1);
      assertNoCanary(what, ...told);
    });
  }

  it('shows nothing of all of them together in npm start', async () => {
    const { code, output } = await failToStart(atOnce());

    assert.equal(code, 1);
    assert.match(output, /^(?:Cannot start: [A-Za-z_]+ must be .*\n){5,}$/);
    assertNoCanary('npm start', output);
  });

  it('shows nothing of all of them together in a deployed app', async (t) => {
    const app = await serveApp(t, atOnce());

    const answer = await app.post(JSON.stringify(canaryEvent('well')));
    const health = await fetch(`${app.url}/api/health`);

    assert.deepEqual([answer.status, health.status], [503, 503]);
    assertNoCanary('The app', await answer.text(), await health.text(), ...[...answer.headers].flat());
    await app.logged(/cannot start: wrong settings/);
    assertNoCanary('Its log', app.lines.join('\n'));
  });
});

function atOnce(): Record<string, string> {
  const secrets = {
    STORAGE_ACCOUNT_KEY: storageKey.slice(0, -1),
    SIGNING_SECRETS: signingSecret.replace('whsec_', ''),
  };
  const others = {
    REDACT: redactKey.replace('whsec_', ''),
    REDACT_KEY: canaries.redactKey,
    FILE_PREFIX: `${storageKey}`,
  };
  return { LAKE_URL: `${lake.LAKE_URL}?${sas}`, ...secrets, ...others, LAKE_API: signingSecret };
}
