import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents, textOf, withField } from '../support/change-events.ts';
import { signatureHeaders } from '../support/deliveries.ts';
import { temporaryFolder } from '../support/lakes.ts';
import { type RunningReceiver, serveApp } from '../support/running-receiver.ts';

const canary = 'canaryCANARY4711canaryCANARY4711';
const signingSecret = `whsec_${Buffer.from(canary).toString('base64')}`;
const token = `82${Buffer.from(canary).toString('hex').toUpperCase()}`;

/** The canary wherever an event can carry content: documents, keys of any kind, names of fields, the token that holds the key. */
const event = {
  ...changeEvents.update,
  _id: { _data: token },
  documentKey: { region: canary, _id: canary },
  fullDocument: { _id: canary, [canary]: canary },
  updateDescription: { updatedFields: { [canary]: canary }, removedFields: [canary], truncatedArrays: [] },
  [canary]: canary,
};
const bodies: Record<string, Uint8Array> = {
  'an event': textOf(event),
  'an array with a refused event': textOf([event, { ...event, operationType: { [canary]: canary } }]),
  'an event without a token': textOf(withField(event, '_id', canary)),
  'an event with a wrong time': textOf(withField(event, 'clusterTime', canary)),
  'an event with a wrong namespace': textOf(withField(event, 'ns', { db: { [canary]: canary } })),
  'text that is no JSON': Buffer.from(`{"${canary}": ${canary}`),
  'a number': Buffer.from('4711'),
};

describe('document content, keys and secrets', () => {
  it('stay out of answers and logs when events are stored or refused', async (t) => {
    const app = await serveApp(t, { LAKE_URL: `file:${await temporaryFolder(t)}`, SIGNING_SECRETS: signingSecret });

    for (const [what, body] of Object.entries(bodies)) await assertSecret(app, what, body);
  });

  it('stay out of answers and logs when storage fails, by blob and by dfs', async (t) => {
    for (const api of ['blob', 'dfs']) {
      // Nothing listens on port 9: every call fails with an error of the SDK that knows address, path and headers.
      const app = await serveApp(t, {
        LAKE_URL: 'http://127.0.0.1:9/account/lake',
        STORAGE_ACCOUNT_KEY: Buffer.from(canary.repeat(2)).toString('base64'),
        SIGNING_SECRETS: signingSecret,
        LAKE_API: api,
      });

      const status = await assertSecret(app, `an event by ${api}`, textOf(event));

      assert.equal(status, 503);
      assert.equal((await fetch(`${app.url}/api/health`)).status, 503);
      await app.logged(/"faults":\{"RestError/);
    }
  });
});

async function assertSecret(app: RunningReceiver, what: string, body: Uint8Array): Promise<number> {
  const json = { 'content-type': 'application/json' };
  const signed = { ...json, ...signatureHeaders(body, signingSecret) };

  const unsigned = await app.post(body, { ...signed, 'webhook-id': canary });
  const answer = await app.post(body, signed);

  assert.equal(unsigned.status, 401, what);
  const told = [
    await unsigned.text(),
    await answer.text(),
    ...[...unsigned.headers, ...answer.headers].flat(),
    ...app.lines,
  ];
  for (const secret of [canary, signingSecret, token, Buffer.from(canary).toString('base64').slice(0, 40)])
    assert(
      !told.join('\n').toLowerCase().includes(secret.toLowerCase()),
      `${what}: told ${secret}: ${told.join('\n')}`,
    );
  return answer.status;
}
