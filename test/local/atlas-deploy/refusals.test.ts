import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signIn } from '../../../local/atlas-deploy/admin-api.ts';
import { readDeployEnvironment } from '../../../local/atlas-deploy/deploy-environment.ts';
import { secret } from '../../support/deliveries.ts';
import { setUp } from '../../support/deployments.ts';

const allTriggers = /\/triggers$/;

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
