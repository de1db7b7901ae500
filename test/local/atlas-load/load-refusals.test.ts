// Requests that Atlas refuses. Each message says what failed and what to do.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deployedLoads } from '../../support/deployed-loads.ts';

describe('npm run atlas:load, refusals of Atlas', () => {
  it('says that the API key is wrong', async (t) => {
    const { loadWith } = await deployedLoads(t);

    const { code, output } = await loadWith({ ATLAS_PRIVATE_KEY: 'another-private-key' });

    assert.equal(code, 1);
    assert.match(output, /^Cannot sign in to Atlas: ATLAS_PUBLIC_KEY and ATLAS_PRIVATE_KEY must be an API key .* 401 /);
    assert.doesNotMatch(output, /another-private-key/);
  });

  it('says that the project is wrong', async (t) => {
    const { loadWith } = await deployedLoads(t);

    const { code, output } = await loadWith({ ATLAS_PROJECT_ID: 'f'.repeat(24) });

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot list the apps: ATLAS_PROJECT_ID must be a project of the API key: Atlas answered 404 /,
    );
  });

  it('says that the project has no such app', async (t) => {
    const { api, load } = await deployedLoads(t);
    api.answerWith(({ path }) => /\/apps(\?|$)/.test(path), { status: 200, body: '[]' }, 2);

    const { code, output } = await load('--start', 'shop.orders');

    assert.equal(code, 1);
    assert.equal(
      output,
      'Cannot load: the project must have the app atlas-lake-sync: it is missing: npm run atlas:deploy creates it\n',
    );
  });

  it('says that the API key lacks a role, and changes nothing', async (t) => {
    const { api, load, entries } = await deployedLoads(t);
    const forbidden = { status: 403, body: '{"error":"forbidden","error_code":"Forbidden"}' };
    api.answerWith(({ method, path }) => method !== 'GET' && path.endsWith('/values'), forbidden);

    const { code, output } = await load('--start', 'shop.orders');

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot write the Value initialLoads: the API key must have the role Project Owner in the project, .* 403 \(Forbidden\)/,
    );
    assert.deepEqual(entries(), []);
  });

  it('waits as long as a 429 says, and gives up after five tries', async (t) => {
    const { api, load } = await deployedLoads(t);
    const slowDown = { status: 429, body: '', headers: { 'retry-after': '0' } };
    const isList = ({ path }: { readonly path: string }) => path.endsWith('/values');

    api.answerWith(isList, slowDown, 4);
    assert.equal((await load('--start', 'shop.orders')).code, 0);
    api.answerWith(isList, slowDown, 5);
    const { code, output } = await load();

    assert.equal(code, 1);
    assert.equal(
      output,
      'Cannot list values: the API key must have requests left (wait, then run the command again): Atlas answered 429\n',
    );
  });

  it('says that Atlas cannot be reached', async (t) => {
    const { loadWith } = await deployedLoads(t);

    const { code, output } = await loadWith({ ATLAS_ADMIN_API: 'http://127.0.0.1:9/api/admin/v3.0' });

    assert.equal(code, 1);
    assert.match(output, /^Cannot reach Atlas: http:\/\/127\.0\.0\.1:9 must answer: \S+/);
  });

  for (const path of ['/login', '/apps', '/values', '/functions', '/triggers'])
    it(`blames Atlas for a 500 of ${path}`, async (t) => {
      const { api, load, entries } = await deployedLoads(t);
      api.answerWith((request) => request.path.endsWith(path), { status: 500, body: '<html>' });

      const { code, output } = await load('--start', 'shop.orders');

      assert.equal(code, 1);
      assert.match(
        output,
        /^Cannot .*: Atlas must be able to answer \(wait, then run the command again\): Atlas answered 500$/m,
      );
      assert.deepEqual(entries(), []);
    });

  for (const body of ['{"result":', '<html>sign in</html>', 'null', '{"result":"[]"}', '{"result":5}', '{"error":{}}'])
    it(`says that the answer about loads is not in order: ${body}`, async (t) => {
      const { api, load } = await deployedLoads(t);
      api.answerWith(({ path }) => path.includes('execute_function_source'), { status: 200, body });

      const { code, output } = await load();

      assert.equal(code, 1);
      assert.match(
        output,
        /^Cannot read the state of the loads: .* must (answer with JSON|return a result|return a JSON object)/,
      );
    });
});
