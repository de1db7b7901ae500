import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { signIn } from '../../../local/atlas-deploy/admin-api.ts';
import { readDeployEnvironment } from '../../../local/atlas-deploy/deploy-environment.ts';
import { root } from '../../../local/paths.ts';
import { secret } from '../../support/deliveries.ts';
import { setUp } from '../../support/deployments.ts';

const allTriggers = /\/triggers$/;

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

describe('npm run atlas:deploy, refusals of Atlas', () => {
  it('says that the API key is wrong', async (t) => {
    const { deploy } = await setUp(t);

    const { code, output } = await deploy({ ATLAS_PRIVATE_KEY: 'another-private-key' });

    assert.equal(code, 1);
    assert.equal(
      output,
      'Cannot sign in to Atlas: ATLAS_PUBLIC_KEY and ATLAS_PRIVATE_KEY must be an API key whose access list has the address of this machine: ' +
        'Atlas answered 401 (InvalidParameter): failed to authenticate with MongoDB Cloud API (https://services.cloud.mongodb.com/logs?co_id=1)\n',
    );
  });

  it('says that the API key has too few rights', async (t) => {
    const { api, deploy } = await setUp(t);
    api.answerWith(({ path }) => path.endsWith('/apps'), {
      status: 403,
      body: '{"error":"forbidden","error_code":"Forbidden"}',
    });

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot list the apps: the API key must have the role Project Owner.*: Atlas answered 403 \(Forbidden\): f/,
    );
  });

  it('says that the project does not exist', async (t) => {
    const { deploy } = await setUp(t);

    const { code, output } = await deploy({ ATLAS_PROJECT_ID: 'f'.repeat(24) });

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot list the apps: ATLAS_PROJECT_ID must be a project of the API key: Atlas answered 404 /,
    );
  });

  it('says that the cluster does not exist', async (t) => {
    const { deploy } = await setUp(t, { clusters: ['Another'] });

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot create data source mongodb-atlas: its "clusterName" must be a cluster .*: Atlas answered 400 \(InvalidParameter\): cluster "Cluster0" not found/m,
    );
    assert.match(output, /^1 of 14 changes were made\. Run the command again to continue\.$/m);
  });

  it('retries when Atlas asks for it', async (t) => {
    const { api } = await setUp(t);
    const slowDown = { status: 429, body: '', headers: { 'retry-after': '7' } };
    api.answerWith(({ path }) => path.endsWith('/login'), slowDown, 2);
    const pauses: number[] = [];

    const problems: string[] = [];
    const { access } = readDeployEnvironment(api.environment, problems);
    await signIn(access, [], async (ms) => void pauses.push(ms));

    assert.deepEqual(pauses, [7_000, 7_000]);
    assert.equal(api.requests.length, 3);
  });

  it('signs in once more when its session has ended, and gives up when that does not help', async (t) => {
    const { api } = await setUp(t);
    const { access } = readDeployEnvironment(api.environment, []);
    const signedIn = await signIn(access, []);
    const look = () => signedIn.read('', { doing: 'look', must: 'the session must last' }, (answer) => answer);
    const logins = (): number => api.requests.filter(({ path }) => path.endsWith('/login')).length;

    api.endSession();
    assert.deepEqual(await look(), []);
    assert.equal(logins(), 2);

    api.answerWith(({ method }) => method === 'GET', { status: 401, body: '' }, 2);
    await assert.rejects(look(), /Cannot look: the session must last: Atlas answered 401/);
    assert.equal(logins(), 3);
  });

  it('repeats a change that Atlas refused, and makes it once', async (t) => {
    const { api, deploy } = await setUp(t);
    const slowDown = { status: 429, body: '', headers: { 'retry-after': '0' } };
    api.answerWith(({ method, path }) => method === 'POST' && allTriggers.test(path), slowDown, 2);

    const { code, output } = await deploy();

    assert.equal(code, 0, output);
    assert.equal(api.writes().filter((write) => write === 'POST /triggers').length, 4);
  });

  it('retries at most four times', async (t) => {
    const { api, deploy } = await setUp(t);
    const slowDown = { status: 429, body: '', headers: { 'retry-after': '0' } };
    api.answerWith(({ path }) => path.endsWith('/login'), slowDown, 100);

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.equal(api.requests.length, 5);
    assert.match(
      output,
      /^Cannot sign in to Atlas: the API key must have requests left \(wait, then run the command again\): Atlas answered 429$/m,
    );
  });

  it('does not wait for an hour', async (t) => {
    const { api, deploy } = await setUp(t);
    api.answerWith(
      ({ path }) => path.endsWith('/login'),
      { status: 429, body: '', headers: { 'retry-after': '3600' } },
      100,
    );

    const { code } = await deploy();

    assert.deepEqual([code, api.requests.length], [1, 1]);
  });

  it('says that Atlas cannot be reached', async (t) => {
    const { deploy } = await setUp(t);

    const { code, output } = await deploy({ ATLAS_ADMIN_API: 'http://127.0.0.1:9/api/admin/v3.0' });

    assert.equal(code, 1);
    assert.match(output, /^Cannot reach Atlas: http:\/\/127\.0\.0\.1:9 must answer: \S+/);
  });

  it('shows no secret that an answer quotes, and no control characters', async (t) => {
    const { api, deploy } = await setUp(t);
    const body = JSON.stringify({ error: `bad value ${secret} \u001b[2J of Bearer token-of-this-session` });
    api.answerWith(({ method, path }) => method === 'POST' && path.endsWith('/secrets'), { status: 400, body });

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot create secret lakeReceiverKey: .*: bad value \(hidden\) {2}\[2J of Bearer \(hidden\)$/m,
    );
  });

  it('shows the beginning of a long answer', async (t) => {
    const { api, deploy } = await setUp(t);
    api.answerWith(({ path }) => path.endsWith('/apps'), {
      status: 400,
      body: JSON.stringify({ error: 'e'.repeat(9_000) }),
    });

    const { output } = await deploy();

    assert(output.length < 1_000, output);
  });

  it('shows no part of an answer that is not from the API', async (t) => {
    const { api, deploy } = await setUp(t);
    api.answerWith(({ path }) => path.endsWith('/apps'), { status: 502, body: '<html>proxy</html>' });

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.match(output, /: Atlas answered 502$/m);
  });

  for (const [what, body, message] of [
    ['is not JSON', '<html>sign in</html>', /Atlas must answer with JSON: its answer is not JSON$/m],
    [
      'has another form',
      '{"apps":[]}',
      /the answer of Atlas must have the form of its API: the list must be a JSON array: it is/,
    ],
    ['has an element without an id', '[{"name":"a"}]', /an element: "_id" must be a non-empty string: it is missing$/m],
  ] as const) {
    it(`says that an answer ${what}`, async (t) => {
      const { api, deploy } = await setUp(t);
      api.answerWith(({ path }) => path.endsWith('/apps'), { status: 200, body });

      const { code, output } = await deploy();

      assert.equal(code, 1);
      assert.match(output, message);
    });
  }

  it('follows no redirect with its token', async (t) => {
    const { api, deploy } = await setUp(t);
    const elsewhere = { status: 307, body: '', headers: { location: '/elsewhere' } };
    api.answerWith(({ path }) => path.endsWith('/apps'), elsewhere);

    const { code } = await deploy();

    assert.equal(code, 1);
    assert(api.requests.every(({ path }) => path !== '/elsewhere'));
  });
});
