import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { command } from '../../local/commands/sample.ts';
import { type Performed, performed, spawned } from '../support/commands.ts';
import { secret } from '../support/deliveries.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { serveApp, startReceiver } from '../support/running-receiver.ts';

describe('npm run sample', () => {
  it('plays its story into a running receiver and shows each file it became', async (t) => {
    const folder = await temporaryFolder(t);
    const receiver = await startReceiver(t, { LAKE_URL: `file:${folder}`, SIGNING_SECRETS: secret });

    const { code, output } = await spawned('sample', { SIGNING_SECRETS: secret }, '--url', receiver.url);

    const rows = output.split('\n').filter((line) => line.includes(' stored '));
    const shownIn = /^The files are in (\S+)$/m.exec(output)?.[1];
    const shown = rows.map((row) => `${shownIn}${/\S+\.json$/.exec(row)?.[0]}`);
    const operations = rows.map((row) => row.split(' ')[0]);
    assert.equal(code, 0);
    assert.deepEqual(shown, [...(await filesIn(folder)).keys()]);
    assert.match(output, /^insert +the same event comes a second time +alreadyStored /m);
    assert.deepEqual(operations, ['insert', 'update', 'replace', 'insert', 'update', 'delete', 'delete', 'insert']);
  });

  it('says why an event was not stored, and exits with 1', async (t) => {
    const receiver = await startReceiver(t, { LAKE_URL: `file:${await temporaryFolder(t)}`, SIGNING_SECRETS: secret });

    const { code, output } = await sample('--url', receiver.url);

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot play the story: .*: answered 401 not-authentic: SIGNING_SECRETS must be the receiver's secret/m,
    );
  });

  it('plays through the built Atlas function', async (t) => {
    const receiver = await startReceiver(t, { LAKE_URL: `file:${await temporaryFolder(t)}` });

    const { output } = await sample('--url', receiver.url);

    assert.match(output, /^Playing through atlas-app\/functions\/forwardChangeEvent\.js to http/);
  });

  it('says that the receiver is not well, and exits with 1', async (t) => {
    const receiver = await serveApp(t, { LAKE_URL: 'nonsense' });

    const { code, output } = await sample('--url', receiver.url);

    assert.equal(code, 1);
    assert.match(output, /^Cannot play the story: the receiver must be well: its \/api\/health answered 503/m);
  });

  it('says that its address is none, and exits with 1', async () => {
    const { code, output } = await sample('--url', 'nonsense');

    assert.deepEqual(
      [code, output],
      [1, 'Cannot play the story: --url must be an http:// or https:// address, without a user: it is "nonsense"\n'],
    );
  });

  it('says where no receiver listens, and exits with 1', async (t) => {
    const receiver = await startReceiver(t, { LAKE_URL: `file:${await temporaryFolder(t)}` });
    await receiver.stop();

    const { code, output } = await sample('--url', receiver.url);

    assert.equal(code, 1);
    assert.match(
      output,
      /^Cannot play the story: a receiver must listen on http:.*: start one with npm start \(ECONNREFUSED\)$/m,
    );
  });
});

function sample(...args: string[]): Promise<Performed> {
  return performed(command, {}, ...args);
}
