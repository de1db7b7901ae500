import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { changeEvents, textOf } from '../support/change-events.ts';
import { secret } from '../support/deliveries.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { lifetime } from '../support/lifetime.ts';
import { open } from '../support/raw-requests.ts';
import { failToStart, postEndlessly, type RunningReceiver, startReceiver } from '../support/running-receiver.ts';

const typed = 'content-type: application/json';

describe('npm start', () => {
  const life = lifetime();
  let folder: string;
  let receiver: RunningReceiver;
  let limited: RunningReceiver;
  before(async () => {
    folder = await temporaryFolder(life);
    receiver = await startReceiver(life, { LAKE_URL: `file:${folder}` });
    limited = await startReceiver(life, { LAKE_URL: `file:${folder}`, MAX_BODY_BYTES: '1000' });
  });

  it('prints its address and the next command, stores a posted event, and logs one line', async () => {
    const logged = (): number => receiver.lines.filter((line) => line.includes('"message":"change events"')).length;
    const before = logged();

    const response = await receiver.post(textOf(changeEvents.insert));

    assert.equal(response.status, 200);
    const [path = ''] = (await filesIn(folder)).keys();
    assert.partialDeepStrictEqual(await response.json(), { stored: 1, events: [{ outcome: 'stored', path }] });
    assert.match(receiver.lines.join('\n'), /curl http:\/\/localhost:\d+\/api\/change-events -H/);
    assert.equal(logged() - before, 1);
  });

  it('names the status page first, says whether signatures are on, and explains .staging', async (t) => {
    const signed = await startReceiver(t, { LAKE_URL: `file:${folder}`, SIGNING_SECRETS: secret });

    assert.equal(receiver.lines[0], `See what comes in: ${receiver.url}/api/status`);
    assert.match(receiver.lines.join('\n'), /^Signatures are off/m);
    assert.match(receiver.lines.join('\n'), /^Its folder \.staging holds unfinished files/m);
    assert.match(signed.lines.join('\n'), /^Signatures are on/m);
  });

  it('prints a curl line, and its event is stored', async () => {
    const body = /-d '([^']+)'/.exec(receiver.lines.join('\n'))?.[1] ?? '';

    assert.equal((await receiver.post(body)).status, 200);
  });

  it('reports its health', async () => {
    const response = await fetch(`${receiver.url}/api/health`);

    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { status: 'ok' });
  });

  it('answers 404 and 405 as Azure does, without a function', async () => {
    assert.equal((await fetch(`${receiver.url}/api/change-event`, { method: 'POST' })).status, 404);
    const wrongMethod = await fetch(`${receiver.url}/api/change-events`);
    assert.equal(wrongMethod.status, 405);
    assert.deepEqual([await wrongMethod.text(), wrongMethod.headers.get('content-type')], ['', null]);
  });

  it('finishes open requests before it stops', async (t) => {
    const folder = await temporaryFolder(t);
    const receiver = await startReceiver(t, { LAKE_URL: `file:${folder}` });
    const body = textOf(changeEvents.insert);
    const half = request(`${receiver.url}/api/change-events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' },
    });
    // It logs this after the request has arrived.
    await once(half, 'continue');
    half.write(body.subarray(0, 100));

    const stopped = receiver.stop('SIGINT');
    half.end(body.subarray(100));

    const [response] = await once(half, 'response');
    assert.equal(response.statusCode, 200);
    assert.equal(await stopped, 0);
    assert.equal((await filesIn(folder)).size, 1);
  });

  it('stops by SIGTERM too', async (t) => {
    const receiver = await startReceiver(t, { LAKE_URL: `file:${await temporaryFolder(t)}` });

    assert.equal(await receiver.stop('SIGTERM'), 0);
  });

  it('refuses an endless body after its limit, and stays healthy', async () => {
    assert.equal(await postEndlessly(limited.url), 413);
    assert.equal((await limited.post(textOf(changeEvents.insert))).status, 200);
  });

  it('lets a sender read its refusal, send the rest, and use the connection again', async (t) => {
    const event = String(textOf(changeEvents.insert));
    const next = ['POST /api/change-events HTTP/1.1', 'host: localhost', typed, `content-length: ${event.length}`];

    const socket = await open(limited.url, [typed, 'content-length: 2000'], ' '.repeat(500));
    t.after(() => socket.destroy());
    const [refusal] = await once(socket, 'data');
    socket.write(`${' '.repeat(1500)}${next.join('\r\n')}\r\n\r\n${event}`);
    const [answer] = await once(socket, 'data');

    assert.match(String(refusal), /^HTTP\/1\.1 413 /);
    assert.match(String(answer), /^HTTP\/1\.1 200 /);
  });

  describe('wrong settings and options', () => {
    it('names every wrong setting in a separate line and exits with 1', async () => {
      const { code, output } = await failToStart({ LAKE_URL: 'lake', MAX_EVENTS: '0', PORT: 'abc' });

      assert.equal(code, 1);
      assert.deepEqual(output.trim().split('\n'), [
        'Cannot start: PORT must be a number from 0 to 65535: it is "abc"',
        'Cannot start: LAKE_URL must be an abfss://, https:// or file: address: it is "lake"',
        'Cannot start: MAX_EVENTS must be a whole number from 1 to 100000: it is "0"',
      ]);
    });

    it('says that the port is in use', async (t) => {
      const other = createServer().listen(0, '127.0.0.1');
      t.after(() => other.close());
      await once(other, 'listening');
      const address = other.address();
      const port = String(typeof address === 'object' && address?.port);

      const { code, output } = await failToStart({ LAKE_URL: `file:${await temporaryFolder(t)}`, PORT: port });

      assert.deepEqual([code, output.trim().split('\n').length], [1, 1]);
      assert.match(output, new RegExp(`^Cannot start: port ${port} must be free`));
    });

    it('refuses a malformed port', async () => {
      const { code, output } = await failToStart({ PORT: '70711' });

      assert.deepEqual([code, output], [1, 'Cannot start: PORT must be a number from 0 to 65535: it is "70711"\n']);
    });

    it('does not repeat a secret that was pasted for the port', async () => {
      const { output } = await failToStart({ PORT: `whsec_${Buffer.from('canary'.repeat(5)).toString('base64')}` });

      assert.equal(output, 'Cannot start: PORT must be a number from 0 to 65535: it has another form\n');
    });

    it('says that the folder of the lake cannot be written to', async (t) => {
      const file = join(await temporaryFolder(t), 'file');
      await writeFile(file, '');

      const { code, output } = await failToStart({ LAKE_URL: `file:${file}` });

      assert.deepEqual([code, output.trim().split('\n').length], [1, 1]);
      assert.match(output, /^Cannot start: the lake's folder must be one that can be written to: ".+" \(LAKE_URL\)/);
    });

    it('says why a folder for the lake cannot be created', async () => {
      const { code, output } = await failToStart({ LAKE_URL: 'file:/proc/nope' });

      assert.equal(code, 1);
      assert.match(output, /can be written to: "\/proc\/nope" \(LAKE_URL\): E[A-Z]+\n$/);
    });

    it('names the missing file in the folder of --app', async (t) => {
      const environment = { LAKE_URL: `file:${await temporaryFolder(t)}` };

      const { code, output } = await failToStart(environment, '--app', '/nonexistent');

      const mustBe = 'a folder with host.json, package.json and the bundle';
      assert.equal(code, 1);
      assert.match(output, new RegExp(`^Cannot start: --app must be ${mustBe}: /nonexistent/host.json: ENOENT\n$`));
    });

    it('names an unknown option, and --help', async () => {
      const { code, output } = await failToStart({}, '--prot', '1');

      assert.equal(code, 1);
      assert.match(output, /--prot.*: --help shows/);
    });
  });
});
