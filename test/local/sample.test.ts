import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { before, describe, it } from 'node:test';
import { command } from '../../local/commands/sample.ts';
import { cleanUpLines } from '../../local/sample/lines.ts';
import { playStory } from '../../local/sample/play.ts';
import { assertAnswers } from '../../local/sample/receiver.ts';
import { namespaceElsewhere } from '../../local/sample/story.ts';
import { type Performed, performed } from '../support/commands.ts';
import { secret } from '../support/deliveries.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { lifetime } from '../support/lifetime.ts';
import { silentPort } from '../support/port-of.ts';
import { type RunningReceiver, serveApp, startReceiver } from '../support/running-receiver.ts';
import { spawned } from '../support/spawned.ts';

describe('npm run sample', () => {
  const life = lifetime();
  let folder: string;
  let signed: RunningReceiver;
  let receiver: RunningReceiver;
  before(async () => {
    folder = await temporaryFolder(life);
    signed = await startReceiver(life, { LAKE_URL: `file:${folder}`, SIGNING_SECRETS: secret });
    receiver = await startReceiver(life, { LAKE_URL: `file:${await temporaryFolder(life)}` });
  });

  it('plays its story into a running receiver, and shows each file', async () => {
    const { code, output } = await spawned('sample', { SIGNING_SECRETS: secret }, '--url', signed.url);

    const rows = output.split('\n').filter((line) => line.includes(' stored '));
    const shownIn = /^The files are in (\S+)$/m.exec(output)?.[1];
    const shown = rows.map((row) => `${shownIn}${/\S+\.json$/.exec(row)?.[0]}`);
    const operations = rows.map((row) => row.split(' ')[0]);
    assert.equal(code, 0);
    assert.deepEqual(
      shown,
      [...(await filesIn(folder)).keys()].map((path) => `${folder}/${path}`),
    );
    assert.match(output, /^The first file has one line:\n\{"operationType":"insert","data":\{.*"title":"The Great/m);
    assert.match(output, /^insert +the same event comes again +alreadyStored /m);
    assert.deepEqual(operations, ['insert', 'update', 'replace', 'insert', 'update', 'delete', 'delete', 'insert']);
  });

  it('says why an event was not stored, and exits with 1', async () => {
    const { code, output } = await sample('--url', signed.url);

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot play the story: .*: answered 401 not-authentic: set SIGNING_SECRETS to the receiver's secret/m,
    );
  });

  it('plays through the built Atlas function', async () => {
    const { output } = await sample('--url', receiver.url);

    assert.match(output, /^Playing through atlas-app\/functions\/forwardChangeEvent\.js to http/);
  });

  it('says that the receiver is not healthy, and exits with 1', async (t) => {
    const wrong = await serveApp(t, { LAKE_URL: 'nonsense' });

    const { code, output } = await sample('--url', wrong.url);

    assert.equal(code, 1);
    assert.match(output, /^Cannot play the story: the receiver must be healthy: its \/api\/health answered 503/m);
  });

  for (const url of ['nonsense', 'http://localhost:7071/foo', 'ftp://localhost', 'http://localhost/api/health']) {
    it(`refuses --url ${url}, and exits with 1`, async () => {
      const { code, output } = await sample('--url', url);

      const mustBe = 'an http:// or https:// address, without a path or with /api/change-events';
      assert.deepEqual([code, output], [1, `Cannot play the story: --url must be ${mustBe}: it is "${url}"\n`]);
    });
  }

  it('sends nothing in clear text to another machine', async () => {
    const { code, output } = await sample('--url', 'http://lake.test/api/change-events');

    assert.equal(code, 1);
    assert.match(output, /^Cannot play the story: --url must be an https:\/\/ address, or http:\/\/ for localhost/);
  });

  it('accepts the whole address of the receiver too', async () => {
    const { code } = await sample('--url', `${receiver.url}/api/change-events`);

    assert.equal(code, 0);
  });

  it('says that PORT is wrong', async () => {
    const { code, output } = await performed(command, { PORT: 'abc' });

    assert.deepEqual(
      [code, output],
      [1, 'Cannot play the story: PORT must be a number from 0 to 65535: it is "abc"\n'],
    );
  });

  it('waits for a receiver that is still starting, and says so', async (t) => {
    const notes: string[] = [];
    const server = createServer((_, response) => response.end('{"status":"ok"}'));
    t.after(() => server.close());
    const port = await silentPort(t);
    const here = { endpoint: `http://127.0.0.1:${port}/api/change-events`, isHere: true };

    const waited = assertAnswers(here, { forMs: 60_000, everyMs: 10, note: (line) => notes.push(line) && start() });
    const start = (): void => void server.listen(port, '127.0.0.1');
    await waited;

    assert.match(notes.join(), /^Waiting for the receiver on http:\S+: start it with npm start, in another terminal$/);
  });

  it('uses a separate namespace on other receivers, and shows the command that removes its files', async () => {
    const endpoint = `${receiver.url}/api/change-events`;
    const played = (await playStory(endpoint, {}, namespaceElsewhere)).map((one) => ({
      ...one,
      path: `events/${one.path}`,
    }));
    const environment = { LAKE_URL: 'abfss://lake@account.dfs.core.windows.net/events' };

    const lines = cleanUpLines(played, namespaceElsewhere, environment).join('\n');

    assert.match(lines, /in a lake that others may read, in a namespace of their own \(atlas_lake_sync_sample\)/);
    assert.match(
      lines,
      /^ {2}az storage fs directory delete --name events\/atlas_lake_sync_sample --file-system lake --account-name account /m,
    );
  });

  it('says that no receiver listens, and exits with 1', async (t) => {
    const { code, output } = await sample('--url', `http://127.0.0.1:${await silentPort(t)}`);

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot play the story: a receiver must listen on http:.*: nothing answers \(ECONNREFUSED\): start it with npm start$/m,
    );
  });
});

function sample(...args: string[]): Promise<Performed> {
  return performed(command, {}, ...args);
}
