import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../../local/paths.ts';
import { secret } from '../../support/deliveries.ts';
import { setUp } from '../../support/deployments.ts';

describe('npm run atlas:deploy, before any request', () => {
  it('lists in its help every variable that it reads', async (t) => {
    const { api, deploy } = await setUp(t);
    const source = await readFile(join(root, 'local/atlas-deploy/deploy-environment.ts'), 'utf8');
    const names = new Set(source.match(/\b(?:ATLAS|LAKE)_[A-Z_]+\b/g));

    const { output } = await deploy({}, '--help');

    assert.equal(names.size, 6);
    for (const name of names) assert(output.includes(`\n  ${name} `), name);
    assert.deepEqual(api.requests, []);
  });

  it('names all missing and malformed variables at once', async (t) => {
    const { api, deploy } = await setUp(t, {
      files: {
        'values/lakeReceiverUrl.json': {
          name: 'lakeReceiverUrl',
          value: 'https://<app>.azurewebsites.net/api/change-events',
        },
      },
    });

    const { code, output } = await deploy({
      ATLAS_PUBLIC_KEY: undefined,
      ATLAS_PRIVATE_KEY: '',
      ATLAS_PROJECT_ID: 'my-project',
      ATLAS_ADMIN_API: 'http://atlas.example/api',
      LAKE_SIGNING_SECRET: secret.slice(0, -1),
      LAKE_RECEIVER_KEY: 'k'.repeat(501),
    });

    assert.equal(code, 1);
    assert.deepEqual(api.requests, []);
    assert.deepEqual(output.trim().split('\n'), [
      'Cannot deploy: ATLAS_PUBLIC_KEY must be the public key of an Atlas API key: it is missing',
      'Cannot deploy: ATLAS_PRIVATE_KEY must be the private key of an Atlas API key: it is missing',
      'Cannot deploy: ATLAS_PROJECT_ID must be the id of an Atlas project, 24 hex digits: it is "my-project"',
      'Cannot deploy: ATLAS_ADMIN_API must be an https:// address: it is "http://atlas.example"',
      'Cannot deploy: LAKE_RECEIVER_KEY must have at most 500 characters: it has 501',
      'Cannot deploy: LAKE_SIGNING_SECRET must be "whsec_" and the base64 of 24 to 64 bytes, one secret: it is not',
      'Cannot deploy: lakeReceiverUrl must be the receiver\'s address: it is still a placeholder: set "receiverUrl" in lake-sync.json, and npm run atlas:configure writes it',
    ]);
  });

  it('says that only one of two secrets can sign', async (t) => {
    const both = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`).join(' ');
    const { api, deploy } = await setUp(t);

    const { output } = await deploy({ LAKE_SIGNING_SECRET: both });

    assert.deepEqual(api.requests, []);
    assert.match(output, /LAKE_SIGNING_SECRET must be .*, one secret: it has 2, of which the last is the newest/);
    assert(!output.includes(both.slice(0, 20)));
  });

  const folders = {
    'no realm_config.json': [
      { 'realm_config.json': undefined },
      /realm_config\.json must be a file that can be read: ENOENT/,
    ],
    'a file that is not JSON': [
      { 'values/lakeDataSource.json': '{' },
      /values\/lakeDataSource\.json must be JSON: it has/,
    ],
    'a value without a name': [
      { 'values/a.json': { value: 'a' } },
      /values\/a\.json: "name" must be a non-empty string: it is m/,
    ],
    'a receiver without https': [
      { 'values/lakeReceiverUrl.json': { name: 'lakeReceiverUrl', value: 'http://receiver.example/api?code=hidden' } },
      /lakeReceiverUrl must be an https:\/\/ address.*: it is "http:\/\/receiver\.example\/api": npm run atlas:configure/,
    ],
    'no receiver': [
      { 'values/lakeReceiverUrl.json': undefined },
      /lakeReceiverUrl must be a value in values\/: it is missing/,
    ],
    'a cluster that is a placeholder': [
      {
        'data_sources/mongodb-atlas/config.json': {
          name: 'mongodb-atlas',
          type: 'mongodb-atlas',
          config: { clusterName: '<cluster>' },
        },
      },
      /data source mongodb-atlas must name a cluster: it is still a placeholder: set "cluster" in lake-sync.json/,
    ],
    'a function that is not of this project': [
      { 'functions/drainOutbox.js': 'exports = () => 1;\n' },
      /functions\/drainOutbox\.js must begin with the line "\/\/ Atlas Lake Sync: drainOutbox": it does not/,
    ],
    'a name that Atlas does not take': [
      { 'values/long.json': { name: 'n'.repeat(65), value: 1 } },
      /names must be 1 to 64 of A-Z a-z 0-9 _ -: one is "n{65}"/,
    ],
    'a trigger that calls no function of the folder': [
      {
        'triggers/other.json': {
          name: 'other',
          type: 'SCHEDULED',
          config: {},
          event_processors: { FUNCTION: { config: { function_name: 'other' } } },
        },
      },
      /trigger other must call a function of the folder/,
    ],
    'a database trigger without a data source': [
      {
        'triggers/other.json': {
          name: 'other',
          type: 'DATABASE',
          config: { service_name: 'Cluster1' },
          event_processors: { FUNCTION: { config: { function_name: 'drainOutbox' } } },
        },
      },
      /trigger other must watch a data source of the folder/,
    ],
    'a secret that this command does not know': [
      { 'values/other.json': { name: 'other', value: 'otherSecret', from_secret: true } },
      /value other must be from the secret lakeReceiverKey or lakeSigningSecret: it is not/,
    ],
  } as const;
  for (const [what, [files, message]] of Object.entries(folders)) {
    it(`refuses a folder with ${what}`, async (t) => {
      const { api, deploy } = await setUp(t, { files });

      const { code, output } = await deploy();

      assert.equal(code, 1);
      assert.deepEqual(api.requests, []);
      assert.match(output, message);
      assert.doesNotMatch(output, /code=hidden/);
    });
  }
});
