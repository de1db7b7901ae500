import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runBody } from '../../support/atlas-script.ts';
import { scriptedReceiver } from '../../support/scripted-receiver.ts';

const body = '{"_id":"ü€😀"}';

describe('context.http.post()', () => {
  for (const status of [200, 302, 400, 404, 413, 500, 503]) {
    it(`resolves on ${status}, with the status as a number`, async (t) => {
      const { url, act } = await scriptedReceiver(t);
      act({ status, headers: { location: url }, body: 'why' });

      const told = await runBody(
        'const { statusCode, body } = await context.http.post(given); return { statusCode, text: body.text() };',
        {},
        { url, body },
      );

      assert.deepEqual({ ...Object(told) }, { statusCode: status, text: 'why' });
    });
  }

  it('sends the body and each header unchanged', async (t) => {
    const { url, told } = await scriptedReceiver(t);
    const headers = { 'Content-Type': ['application/json'], 'x-functions-key': ['a', 'b'] };

    await runBody('await context.http.post(given);', {}, { url, body, headers });

    assert.equal(told[0]?.body, body);
    assert.partialDeepStrictEqual(told[0]?.headers, { 'content-type': 'application/json', 'x-functions-key': 'a, b' });
  });

  it('gives headers by their canonical names, each an array', async (t) => {
    const { url, act } = await scriptedReceiver(t);
    act({ status: 503, headers: { 'retry-after': '5', 'x-ms-REQUEST-id': '1' } });

    const headers = await runBody('return (await context.http.post(given)).headers;', {}, { url, body });

    assert.partialDeepStrictEqual(headers, { 'Retry-After': ['5'], 'X-Ms-Request-Id': ['1'] });
  });

  it('fails with the address if nobody listens, and if the connection breaks', async (t) => {
    const { url, act } = await scriptedReceiver(t);
    act('reset', { status: 200, headers: { connection: 'close', 'content-length': '9' }, body: 'half' });
    const post = (to: string) => runBody('await context.http.post(given);', {}, { url: to, body });

    await assert.rejects(post('http://127.0.0.1:1/'), /^Error: Post "http:\/\/127\.0\.0\.1:1\/": .*ECONNREFUSED/);
    await assert.rejects(post(url), /^Error: Post "http:.*ECONNRESET/);
    await assert.rejects(post(url), /^Error: Post "http:.*unexpected EOF/);
  });

  it('waits for ever', async (t) => {
    const { url, act, told } = await scriptedReceiver(t);
    act('hang');

    const waited = await runBody(
      'return await Promise.race([context.http.post(given), new Promise((resolve) => setTimeout(() => resolve("waited"), 50))]);',
      {},
      { url, body },
    );

    assert.equal(waited, 'waited');
    assert(told.length <= 1);
  });

  for (const [name, request] of Object.entries<unknown>({
    'no object': 'http://127.0.0.1:1',
    'no address': { body },
    'an address without a scheme': { url: '127.0.0.1:1', body },
    'a header as plain text': { url: 'http://127.0.0.1:1', body, headers: { 'Content-Type': 'application/json' } },
    'a header as a number': { url: 'http://127.0.0.1:1', body, headers: { 'webhook-timestamp': [5] } },
    'headers as text': { url: 'http://127.0.0.1:1', body, headers: 'Content-Type: application/json' },
    'a body that is no text': { url: 'http://127.0.0.1:1', body: { _id: 1 } },
    'a body for Atlas to encode': { url: 'http://127.0.0.1:1', body, encodeBodyAsJSON: true },
    'redirects to follow': { url: 'http://127.0.0.1:1', body, followRedirects: true },
    'an option that Atlas does not have': { url: 'http://127.0.0.1:1', body, timeout: 12_000 },
  })) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(runBody('await context.http.post(given);', {}, request), /^Error: http\.post: /);
    });
  }
});
