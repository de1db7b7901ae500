import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { placesOf } from '../../../local/doctor/places.ts';
import { checkSettings } from '../../../local/doctor/settings-checks.ts';
import { assertFailed, named, outcomesOf } from '../../support/checks.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const other = `whsec_${randomBytes(24).toString('base64')}`;
const places = placesOf(undefined, new URL('https://lake-app.azurewebsites.net/api/change-events'));
const right = { LAKE_URL: 'abfss://lake@shopstore.dfs.core.windows.net/mongo', SIGNING_SECRETS: secret };

describe('checkSettings()', () => {
  it('accepts valid settings, and names their lake', () => {
    const { checks, settings } = checkSettings(right, places);

    assert.deepEqual(outcomesOf(checks), { settings: 'ok', 'signing secret': 'ok' });
    assert.match(named(checks, 'settings').told, /container lake of shopstore, documents are relaxed/);
    assert(settings !== undefined);
  });

  it('suggests a change of the app only if its value is wrong too, and never a new REDACT_KEY', () => {
    const { checks } = checkSettings({ ...right, REDACT: '*: email=hash' }, places);

    const { fix = '' } = named(checks, 'settings');
    assert.match(
      fix,
      /^export REDACT_KEY="<the key of the app>" .*# as the app has it: .*appsettings list .*--name lake-app/,
    );
    assert.match(fix, /\nand only if the app's value is wrong too: /);
    assert(!fix.includes('openssl'), fix);
  });

  it('names every problem at once, each with the command that fixes it', () => {
    const { checks, settings } = checkSettings({ LAKE_API: 'nfs', MAX_EVENTS: '0' }, places);

    const problems = checks.filter(({ name }) => name === 'settings');
    assert.deepEqual(problems.map(({ fix = '' }) => /--name lake-app --settings "(\w+)=/.exec(fix)?.[1]).sort(), [
      'LAKE_API',
      'LAKE_URL',
      'MAX_EVENTS',
    ]);
    assert(problems.every(({ outcome }) => outcome === 'failed'));
    assert.equal(named(checks, 'signing secret').outcome, 'leftOut');
    assert.equal(settings, undefined);
  });

  const secrets: Readonly<Record<string, readonly [Readonly<Record<string, string>>, string, RegExp, RegExp]>> = {
    'that are not set': [
      { SIGNING_SECRETS: 'none' },
      'signing secret',
      /must be set here as in the app, to sign a test delivery: it is not set/,
      /^export SIGNING_SECRETS="\$\(az keyvault .*only if the app has no secret.*SIGNING_SECRETS=\$SECRET"\n.*key vault.*docs\/deploy\.md/s,
    ],
    'that are weak': [
      { SIGNING_SECRETS: `${secret} whsec_${Buffer.alloc(24, 'x').toString('base64')}` },
      'signing secret',
      /^secret 2 of 2 must be random: it repeats one piece/,
      /openssl rand -base64 32/,
    ],
    'of which the sender has none': [
      { LAKE_SIGNING_SECRET: other },
      'secret of the sender',
      /must be one of SIGNING_SECRETS: it is not/,
      /npm run atlas:deploy/,
    ],
    'where the sender has something else': [
      { LAKE_SIGNING_SECRET: 'none' },
      'secret of the sender',
      /must be one of SIGNING_SECRETS/,
      /npm run atlas:deploy/,
    ],
  };
  for (const [which, [changed, name, says, fix]] of Object.entries(secrets))
    it(`refuses signing secrets ${which}`, () => {
      const { checks } = checkSettings({ ...right, ...changed }, places);

      assertFailed(named(checks, name), says, fix);
    });

  it('accepts a sender with any of the secrets', () => {
    const rotating = { ...right, SIGNING_SECRETS: `${other},${secret}`, LAKE_SIGNING_SECRET: secret };

    assert.equal(named(checkSettings(rotating, places).checks, 'secret of the sender').outcome, 'ok');
  });

  it('shows no secret', () => {
    const told = JSON.stringify([
      checkSettings({ ...right, LAKE_SIGNING_SECRET: other }, places).checks,
      checkSettings({ ...right, SIGNING_SECRETS: `${secret}!`, STORAGE_ACCOUNT_KEY: secret, LAKE_URL: secret }, places),
    ]);

    for (const hidden of [secret, other]) assert(!told.includes(hidden.slice(6, 20)), told);
  });
});
