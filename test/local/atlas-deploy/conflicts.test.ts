import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { moviesTrigger } from '../../support/app-folders.ts';
import { onlyApp, setUp } from '../../support/deployments.ts';

describe('npm run atlas:deploy, conflicts', () => {
  it('names every part of others with one of our names, and changes nothing', async (t) => {
    const { api, deploy } = await setUp(t, { clusters: ['Cluster0', 'Other'] });
    const app = api.makeApp('atlas-lake-sync');
    app.put('services', { name: 'mongodb-atlas', type: 'mongodb-atlas', config: { clusterName: 'Other' } });
    app.put('functions', { name: 'drainOutbox', source: 'exports = () => "mine";' });
    const id = app.put('functions', { name: 'sendMail', source: 'exports = () => 1' });
    app.put('triggers', {
      name: moviesTrigger,
      type: 'DATABASE',
      function_id: id,
      function_name: 'sendMail',
      config: {},
    });

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.deepEqual(api.writes(), []);
    assert.deepEqual(output.trim().split('\n'), [
      'Cannot deploy: data source mongodb-atlas must be the cluster Cluster0: in Atlas it is Other',
      'Cannot deploy: function drainOutbox must begin with "// Atlas Lake Sync: drainOutbox": in Atlas it does not, so somebody else made it',
      `Cannot deploy: trigger ${moviesTrigger} must call a function of the folder: in Atlas it calls sendMail, so somebody else made it`,
    ]);
  });

  it('asks for a secret that the environment and Atlas lack', async (t) => {
    const { api, deploy } = await setUp(t);

    const { code, output } = await deploy({ LAKE_RECEIVER_KEY: undefined });

    assert.equal(code, 1);
    assert.deepEqual(api.writes(), []);
    assert.match(
      output,
      /^Cannot deploy: LAKE_RECEIVER_KEY must be set \(empty if the receiver needs none\): it is not, and Atlas has no secret lakeReceiverKey$/m,
    );
  });

  it('does not remove a secret because the environment has an empty one', async (t) => {
    const { api, deploy } = await setUp(t);
    await deploy();
    const before = api.writes().length;

    const { code, output } = await deploy({ LAKE_SIGNING_SECRET: '' });

    assert.equal(code, 1);
    assert.equal(api.writes().length, before);
    assert.match(
      output,
      /^Cannot deploy: LAKE_SIGNING_SECRET must not be empty if Atlas has lakeSigningSecret: it is: first delete/m,
    );
  });

  it('writes nothing into an open draft of its API key', async (t) => {
    const { api, deploy } = await setUp(t);
    await deploy();
    const before = api.writes().length;
    onlyApp(api).drafts.push({ _id: '1', user_id: '60aaaaaaaaaaaaaaaaaaaaaa' });

    const { code, output } = await deploy();

    assert.equal(code, 1);
    assert.equal(api.writes().length, before);
    assert.match(
      output,
      /^Cannot deploy: the API key must have no open draft of the app: it has one: deploy or discard the draft$/m,
    );
  });

  it('ignores the draft of another person', async (t) => {
    const { api, deploy } = await setUp(t);
    await deploy();
    onlyApp(api).drafts.push({ _id: '1', user_id: '60bbbbbbbbbbbbbbbbbbbbbb' });

    const { code } = await deploy();

    assert.equal(code, 0);
  });
});
