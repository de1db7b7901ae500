import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openReceiver } from '../../../shared/app/open-receiver.ts';
import { readSettings, type Settings } from '../../../shared/app/settings.ts';
import { misconfigured } from '../../../shared/http/response.ts';

const secret = `whsec_${Buffer.alloc(32, 'a').toString('base64')}`;
const key = Buffer.alloc(64, 'k').toString('base64');
const minimal = { LAKE_URL: 'file:./lake' };

describe('readSettings()', () => {
  it('needs nothing but the place of the lake', () => {
    assert.deepEqual(valid(minimal), {
      lake: { location: { kind: 'folder', folder: './lake' }, access: { kind: 'developer' }, api: 'blob' },
      naming: { directory: '', layout: 'partitioned', filePrefix: 'change' },
      lakeFiles: 'event',
      documentFormat: 'relaxed',
      redactions: undefined,
      signingSecrets: [],
      maxBodyBytes: 67_108_864,
      maxEvents: 1000,
      maxBytesInFlight: 67_108_864,
      writeConcurrency: 32,
      tables: {
        format: 'off',
        location: { kind: 'folder', folder: './lake-tables' },
        everyMinutes: 60,
        lookbackHours: 48,
      },
      eventHub: undefined,
    });
  });

  it('reads every setting', () => {
    const settings = valid({
      LAKE_URL: 'abfss://lake@account.dfs.core.windows.net/from/atlas',
      STORAGE_ACCOUNT_KEY: key,
      LAKE_API: 'dfs',
      LAKE_LAYOUT: 'flat',
      FILE_PREFIX: 'event',
      LAKE_FILES: 'batch',
      REDACT: 'shop.customers: email',
      REDACT_KEY: secret,
      DOCUMENT_FORMAT: 'simple',
      SIGNING_SECRETS: `${secret}, ${secret}`,
      MAX_BODY_BYTES: '1000',
      MAX_EVENTS: '5',
      MAX_BYTES_IN_FLIGHT: '2000',
      WRITE_CONCURRENCY: '1',
    });

    assert.partialDeepStrictEqual(settings, {
      lake: { access: { kind: 'shared-key', key }, api: 'dfs' },
      naming: { directory: 'from/atlas', layout: 'flat', filePrefix: 'event' },
      documentFormat: 'simple',
      maxBodyBytes: 1000,
      maxEvents: 5,
      maxBytesInFlight: 2000,
      writeConcurrency: 1,
    });
    assert.equal(settings.signingSecrets.length, 2);
  });

  it('treats an empty setting as not set', () => {
    assert.deepEqual(valid({ ...minimal, STORAGE_ACCOUNT_KEY: '', LAKE_API: ' ', MAX_EVENTS: '' }), valid(minimal));
  });

  // The text of a setting while Azure cannot read the vault. The answer must be 503, and no file may have plain values.
  for (const name of ['SIGNING_SECRETS', 'REDACT', 'REDACT_KEY'])
    for (const reference of [
      '@Microsoft.KeyVault(SecretUri=https://vault-of-shop.vault.azure.net/secrets/redact/)',
      '@Microsoft.KeyVault(VaultName=vault-of-shop;SecretName=redact)',
    ])
      it(`refuses ${name} as a reference that was not resolved: ${reference}`, async () => {
        const redaction = { REDACT: '*: ssn=hash', REDACT_KEY: secret };

        const opened = await openReceiver({ ...minimal, ...redaction, [name]: reference });

        assert(opened.kind === 'misconfigured');
        assert.match(opened.problems.join(), new RegExp(`^${name} `));
        assert.equal(misconfigured.status, 503);
      });

  for (const name of ['SIGNING_SECRETS', 'REDACT', 'REDACT_KEY'])
    for (const blank of ['', ' ', '\t'])
      it(`refuses ${JSON.stringify(blank)} for ${name}: a lost secret must not open the door`, () => {
        assert.deepEqual(problems({ ...minimal, [name]: blank }), [
          `${name} must be set, or "none" to turn it off on purpose: it is blank`,
        ]);
      });

  it('turns protections off by "none", on purpose', () => {
    assert.deepEqual(
      valid({ ...minimal, SIGNING_SECRETS: 'none', REDACT: 'none', REDACT_KEY: 'none' }),
      valid(minimal),
    );
    assert.deepEqual(valid({ ...minimal, REDACT: ' none ', REDACT_KEY: secret }), valid(minimal));
  });

  it('refuses a body limit above the bytes in flight', () => {
    assert.deepEqual(problems({ ...minimal, MAX_BODY_BYTES: '1001', MAX_BYTES_IN_FLIGHT: '1000' }), [
      'MAX_BODY_BYTES must be at most MAX_BYTES_IN_FLIGHT: it is 1001, which is more than 1000',
    ]);
    assert.equal(valid({ ...minimal, MAX_BODY_BYTES: '1000', MAX_BYTES_IN_FLIGHT: '1000' }).maxBodyBytes, 1000);
  });

  it('names every problem at once', () => {
    assert.deepEqual(problems({ LAKE_API: 'ftp', MAX_EVENTS: 'many', FILE_PREFIX: '_x' }), [
      'LAKE_URL must be an abfss://, https:// or file: address: it is not set',
      'LAKE_API must be "blob" or "dfs": it is "ftp"',
      'FILE_PREFIX must be 1 to 80 of A-Z, a-z, 0-9, ".", "_" and "-", starting with a letter or digit: it is "_x"',
      'MAX_EVENTS must be a whole number from 1 to 100000: it is "many"',
    ]);
  });

  const wrong: Record<string, readonly string[]> = {
    LAKE_URL: ['lake', 'ftp://x', 'https://account.blob.core.windows.net/c', 'http://account.dfs.core.windows.net/c'],
    STORAGE_ACCOUNT_KEY: ['key', 'a b', '='],
    LAKE_API: ['Blob', 'rest'],
    LAKE_LAYOUT: ['hive'],
    FILE_PREFIX: ['a/b', '.a', '_a', 'ä', 'a b', 'x'.repeat(81)],
    LAKE_FILES: ['batches', 'BATCH'],
    DOCUMENT_FORMAT: ['json'],
    SIGNING_SECRETS: [',', ' , ', 'secret', 'whsec_AAAA', `${secret} whsec_`],
    MAX_BODY_BYTES: ['0', '-1', '1.5', '1e6', '0x10', '999999999999'],
    MAX_EVENTS: ['0', 'ten'],
    MAX_BYTES_IN_FLIGHT: ['0', '64MB'],
    WRITE_CONCURRENCY: ['0', '1001'],
    TABLES: ['on', 'Delta'],
    TABLES_URL: ['lake', 'file:./lake', 'file:./lake/tables', 'file:.//lake/'],
    TABLES_EVERY_MINUTES: ['0', '7', '120'],
    TABLES_LOOKBACK_HOURS: ['0', '8761', '1.5'],
  };
  for (const [name, values] of Object.entries(wrong)) {
    it(`refuses a wrong ${name} by its name`, () => {
      for (const value of values) {
        const [problem, ...others] = problems({ ...minimal, [name]: value });
        assert.match(problem ?? '', new RegExp(`^${name} must be .+: (it|number)`));
        assert.deepEqual(others, []);
      }
    });
  }

  it('never repeats a secret', () => {
    const told = problems({
      LAKE_URL: 'https://u:canary@account.dfs.core.windows.net/c?sig=canary',
      STORAGE_ACCOUNT_KEY: 'canary canary',
      SIGNING_SECRETS: 'whsec_canary',
    });
    const pasted = [
      'AccountName=a;AccountKey=canary==',
      'AccountKey=canary==;AccountName=a',
      Buffer.from('canary'.repeat(10)).toString('base64'),
      'https://u:a@canary@account.dfs.core.windows.net/c',
      'ftp://canary@account.dfs.core.windows.net/c#canary',
    ].flatMap((url) => problems({ LAKE_URL: url }));

    assert.deepEqual([told.length, pasted.length], [3, 5]);
    assert.doesNotMatch([...told, ...pasted].join(), /canary|Y2FuYXJ5/);
  });

  it('accepts the names of the reference solution', () => {
    const former = valid({
      storage_account_name: 'account',
      storage_account_key: key,
      storage_container: 'lake',
      storage_directory: 'from/atlas',
      storage_file_name: 'event',
    });

    const own = valid({
      LAKE_URL: 'https://account.dfs.core.windows.net/lake/from/atlas',
      STORAGE_ACCOUNT_KEY: key,
      FILE_PREFIX: 'event',
    });
    assert.deepEqual(former, own);
  });

  it('refuses both spellings of a setting at once', () => {
    const account = { storage_account_name: 'account', storage_container: 'lake' };

    assert.match(problems({ ...minimal, ...account })[0] ?? '', /^LAKE_URL must be set alone: .*storage_account_name/);
    assert.match(
      problems({ ...account, STORAGE_ACCOUNT_KEY: key, storage_account_key: key })[0] ?? '',
      /^STORAGE_ACCOUNT_KEY must be set alone/,
    );
    assert.match(
      problems({ ...minimal, FILE_PREFIX: 'a', storage_file_name: 'a' })[0] ?? '',
      /^FILE_PREFIX must be set alone/,
    );
  });

  it('names the missing former setting', () => {
    assert.match(problems({ storage_container: 'lake' })[0] ?? '', /^storage_account_name must be set/);
    assert.match(problems({ storage_account_name: 'account' })[0] ?? '', /^storage_container must be set/);
  });

  it('names every problem with the former names at once, each by the name that is set', () => {
    assert.deepEqual(problems({ storage_account_name: 'Account!' }), [
      'storage_account_name must be 3 to 24 lower-case letters and digits: it is "Account!"',
      'storage_container must be set beside the other storage_… settings: it is not set',
    ]);
    assert.deepEqual(problems({ storage_account_name: 'Account!', storage_container: 'Lake' }), [
      'storage_account_name must be 3 to 24 lower-case letters and digits: it is "Account!"',
      'storage_container must be an address with a container of 3 to 63 lower-case letters, digits and single hyphens: it is "Lake"',
    ]);
    assert.deepEqual(
      problems({ storage_account_name: 'account', storage_container: 'lake', storage_directory: 'from/..' }),
      [
        'storage_directory must be an address whose directory has no empty, dotted or unprintable level: it is "from/.."',
      ],
    );
  });

  it('shows a wrong address as it was set', () => {
    const LAKE_URL = 'https://account.dfs.core.windows.net/lake/from/../atlas';

    assert.match(
      problems({ LAKE_URL })[0] ?? '',
      /: it is "https:\/\/account\.dfs\.core\.windows\.net\/lake\/from\/\.\.\/atlas"$/,
    );
  });

  it('uses the managed identity in Azure, or the identity in AZURE_CLIENT_ID', () => {
    const inAzure = { ...minimal, IDENTITY_ENDPOINT: 'http://127.0.0.1/token' };

    assert.deepEqual(valid(inAzure).lake.access, { kind: 'managed-identity', clientId: undefined });
    assert.deepEqual(valid({ ...inAzure, AZURE_CLIENT_ID: 'id' }).lake.access, {
      kind: 'managed-identity',
      clientId: 'id',
    });
  });

  it('needs a key for an emulator without encryption', () => {
    const emulator = { LAKE_URL: 'http://127.0.0.1:10000/devstoreaccount1/lake' };

    assert.match(problems(emulator)[0] ?? '', /^STORAGE_ACCOUNT_KEY must be set for an emulator/);
    assert.equal(valid({ ...emulator, STORAGE_ACCOUNT_KEY: key }).lake.access.kind, 'shared-key');
  });
});

function valid(environment: Record<string, string>): Settings {
  const read = readSettings(environment);
  assert(read.kind === 'valid', `must be valid: ${JSON.stringify(read)}`);
  return read.settings;
}

function problems(environment: Record<string, string>): readonly string[] {
  const read = readSettings(environment);
  assert(read.kind === 'invalid', 'must be invalid');
  return read.problems;
}
