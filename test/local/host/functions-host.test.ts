import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryFolder } from '../../support/lakes.ts';
import { type RunningReceiver, startReceiver } from '../../support/running-receiver.ts';

/** A built app with a function of each kind. One of them needs a setting. */
const main = `
import functions from '${import.meta.resolve('@azure/functions')}';
const { app } = functions;
app.http('hello', { methods: ['GET'], route: 'hello', authLevel: 'function', handler: () => ({ body: 'hello' }) });
app.timer('compact', {
  schedule: '0 0 0 1 1 *',
  handler: (timer, context) => context.log('compacted, past due: ' + timer.isPastDue + ', by ' + context.functionName),
});
app.timer('everySecond', { schedule: '* * * * * *', handler: () => console.log('a second') });
app.timer('fails', { schedule: '0 0 0 1 1 *', handler: () => { throw new Error('Cannot compact'); } });
if (process.env.EVENT_HUB_NAME) app.eventHub('eventHub', {
  connection: 'EVENT_HUB_CONNECTION',
  eventHubName: '%EVENT_HUB_NAME%',
  cardinality: 'many',
  handler: () => console.log('never'),
});
`;

describe('the local functions host', () => {
  it('runs timers by their schedule', async (t) => {
    const app = await startedApp(t);

    assert((await app.logged(/^a second$/, 2)).length >= 2);
  });

  it('starts a timer by POST /admin/functions/<name>, and answers 202', async (t) => {
    const app = await startedApp(t);

    const statuses = [await post(app, 'compact'), await post(app, 'COMPACT'), await post(app, 'fails')];

    assert.deepEqual(statuses, [202, 202, 202]);
    assert.equal((await app.logged(/^compacted, past due: false, by compact$/, 2)).length, 2);
    assert.match((await app.logged(/The function "fails" failed/))[0] ?? '', /Cannot compact/);
  });

  it('answers 404 for a function that is missing, and 405 for another method', async (t) => {
    const app = await startedApp(t);

    assert.equal(await post(app, 'none'), 404);
    assert.equal((await fetch(`${app.url}/admin/functions/compact`)).status, 405);
  });

  it('serves all other functions while one waits for an event hub', async (t) => {
    const app = await startedApp(t, { EVENT_HUB_NAME: 'changes', EVENT_HUB_CONNECTION: 'Endpoint=sb://nowhere' });

    assert.equal(await (await fetch(`${app.url}/api/hello`)).text(), 'hello');
    assert.equal((await fetch(`${app.url}/api/undefined`)).status, 404);
    assert.equal(await post(app, 'eventHub'), 501);
    assert.equal(await app.stop(), 0);
  });
});

async function startedApp(t: TestContext, environment: Record<string, string> = {}): Promise<RunningReceiver> {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', main: 'main.js' }));
  await writeFile(join(folder, 'host.json'), JSON.stringify({ version: '2.0' }));
  await writeFile(join(folder, 'main.js'), main);
  return await startReceiver(t, { LAKE_URL: `file:${folder}/lake`, ...environment }, folder);
}

async function post(app: RunningReceiver, name: string): Promise<number> {
  return (await fetch(`${app.url}/admin/functions/${name}`, { method: 'POST', body: '{}' })).status;
}
