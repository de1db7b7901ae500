import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents, insertOf, textOf } from '../support/change-events.ts';
import { secret, signatureHeaders } from '../support/deliveries.ts';
import { filesIn, temporaryFolder } from '../support/lakes.ts';
import { postEndlessly, runWorker } from '../support/running-receiver.ts';

describe("the bundle under the runtime's own programming model, with streamed bodies", () => {
  it('stores a signed event, and refuses an unsigned one', async (t) => {
    const folder = await temporaryFolder(t);
    const worker = await runWorker(t, { LAKE_URL: `file:${folder}`, SIGNING_SECRETS: secret });
    const body = textOf(changeEvents.insert);
    const json = { 'content-type': 'application/json' };
    const headers = signatureHeaders(body);

    const unsigned = await worker.post(body, json);
    const signed = await worker.post(body, { ...json, ...headers });

    assert.deepEqual([unsigned.status, signed.status], [401, 200]);
    assert.equal((await filesIn(folder)).size, 1);
  });

  it('stores a document of 16 MB', async (t) => {
    const folder = await temporaryFolder(t);
    const worker = await runWorker(t, { LAKE_URL: `file:${folder}` });
    const text = 'é'.repeat(8 * 1024 * 1024);

    const response = await worker.post(textOf(insertOf({ _id: 1, text })));

    assert.equal(response.status, 200);
    const [line = ''] = (await filesIn(folder)).values();
    assert(JSON.parse(line).data.text === text);
  });

  it('refuses an endless body after its limit', async (t) => {
    const worker = await runWorker(t, { LAKE_URL: `file:${await temporaryFolder(t)}`, MAX_BODY_BYTES: '1000' });

    assert.equal(await postEndlessly(worker.url), 413);
    assert.equal((await worker.post(textOf(changeEvents.insert))).status, 200);
  });
});
