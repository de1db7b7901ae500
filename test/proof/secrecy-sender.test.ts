import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canaries, canariesIn, canaryEvent, signingSecret } from '../support/canary.ts';
import { answers, canarySender, everything, repeatingReceipt, type Trouble } from '../support/canary-sender.ts';

const ours = 'urn:atlas-lake-sync:problem:';
const fault = (text = everything): Error => new Error(text, { cause: new Error(everything) });

/** What makes an event too large for one document of the outbox; here that is little. */
const inParts = canaries.document.repeat(100);

/** All answers of a receiver, or of a server in its place, that repeat the request. */
const receivers: Readonly<Record<string, Trouble>> = {
  'stores and repeats': { post: answers(200, repeatingReceipt('stored')) },
  'answers 200 with a page': { post: answers(200, (all) => `<html>${all}</html>`) },
  'answers 200 for one event too many': { post: answers(200, repeatingReceipt('stored', 1)) },
  'answers 200 with outcomes of its own': { post: answers(200, repeatingReceipt(canaries.document)) },
  'answers 302': { post: answers(302, (all) => all) },
  'answers 400 with a problem': {
    post: answers(400, (all) => ({ type: `${ours}events-refused`, title: all, detail: all })),
  },
  'answers 400 for one event too many': { post: answers(400, repeatingReceipt('refused', 1)) },
  'answers 401 with a problem of others': { post: answers(401, (all) => ({ type: all, title: all, status: all })) },
  'answers 403': { post: answers(403, (all) => all) },
  'answers 404 with the events': { post: answers(404, (_all, sent) => sent) },
  'answers 413': { post: answers(413, (all) => all) },
  'answers 413 with a limit that is none': {
    post: answers(413, (all) => ({ type: `${ours}body-too-large`, limit: all, title: all })),
  },
  'answers 429': { post: answers(429, (all) => all) },
  'answers 500': { post: answers(500, (all) => all) },
  'answers 503 with failed events': { post: answers(503, repeatingReceipt('failed')) },
  'answers 503 with a problem named after the request': { post: answers(503, (all) => ({ type: `${ours}${all}` })) },
  'cannot be read': {
    post: () => ({ statusCode: 200, headers: {}, body: { text: () => assert.fail(everything) } }),
  },
  'never answers': { post: () => new Promise(() => undefined) },
  'is not found': {
    post: ({ url }) => Promise.reject(fault(`Post "${url}": dial tcp: lookup receiver.test: no such host`)),
  },
  'breaks, for an unknown reason': { post: (request) => Promise.reject(fault(JSON.stringify(request))) },
  'breaks at once': { post: () => assert.fail(everything) },
  'breaks with a text': { post: () => Promise.reject(everything) },
  'breaks with a word that looks like one of the system': { post: () => Promise.reject(fault(canaries.capitals)) },
};

const well: Trouble = { post: answers(200, repeatingReceipt('stored')) };
const ill: Trouble = { post: answers(500, (all) => all) };

/** All that the outbox can do, repeating document and token, as servers do. */
const databases: Readonly<Record<string, Trouble>> = {
  fails: { disturb: () => Promise.reject(fault()) },
  'fails, while the receiver is well': { ...well, disturb: () => Promise.reject(fault()) },
  'cannot be read': { disturb: (operation) => (operation === 'read' ? Promise.reject(fault()) : undefined) },
  'cannot be written': { disturb: (operation) => (operation === 'write' ? Promise.reject(fault()) : undefined) },
  'cannot be written, while the receiver is well': {
    ...well,
    disturb: (operation) => (operation === 'write' ? Promise.reject(fault()) : undefined),
  },
  'has the key already': { disturb: () => Promise.reject(fault(`E11000 duplicate key error dup key: ${everything}`)) },
  'names a key that looks like a word of the system': { disturb: () => Promise.reject(fault(canaries.capitals)) },
  'fails with a text': { disturb: () => Promise.reject(everything) },
  'never answers': { disturb: () => new Promise(() => undefined) },
  'has no marks': { ...ill, disturb: (_, name) => (name === 'marks' ? Promise.reject(fault()) : undefined) },
  'has marks and nothing else': {
    ...ill,
    disturb: (_, name) => (name === 'marks' ? undefined : Promise.reject(fault())),
  },
};

const wrongValues: Readonly<Record<string, Trouble>> = {
  'an address without https': { values: { lakeReceiverUrl: `receiver.test?code=${canaries.urlQuery}` } },
  'a secret without whsec_': { values: { lakeSigningSecret: canaries.signingSecret } },
  'a secret of another length': { values: { lakeSigningSecret: signingSecret.slice(0, -8) } },
  'a key for a data source': { values: { lakeDataSource: canaries.functionKey } },
  'a secret for an address': { values: { lakeReceiverUrl: signingSecret } },
};

const troubles: Readonly<Record<string, Trouble>> = Object.fromEntries([
  ...Object.entries(receivers).map(([what, one]) => [`a receiver that ${what}`, one]),
  ...Object.entries(databases).map(([what, one]) => [`a database that ${what}`, one]),
  ...Object.entries(wrongValues).map(([what, one]) => [`values with ${what}`, one]),
]);

describe('the sender, of content, keys and secrets', () => {
  for (const [what, trouble] of Object.entries(troubles)) {
    for (const by of ['forwardChangeEvent', 'bufferChangeEvent'] as const) {
      it(`shows nothing secret in ${by}() with ${what}`, async () => {
        const sender = canarySender();

        await sender.change(trouble, by);
        await sender.change(trouble, by, inParts);

        sender.assertTellsNothing(what);
      });
    }

    it(`shows nothing secret in drainOutbox() with ${what}`, async () => {
      const sender = canarySender();
      await sender.change(ill, 'forwardChangeEvent');
      await sender.change(ill, 'forwardChangeEvent', inParts);
      await sender.change(ill, 'bufferChangeEvent');

      await sender.drain(trouble);
      await sender.drain(trouble);

      sender.assertTellsNothing(what);
    });

    it(`shows nothing secret in requeueRefused() with ${what}`, async () => {
      const sender = canarySender();
      await sender.change({ post: answers(413) }, 'forwardChangeEvent');

      await sender.requeue(trouble);
      await sender.drain(trouble);

      sender.assertTellsNothing(what);
    });
  }

  it('still reports what went wrong', async () => {
    const sender = canarySender();

    await sender.change(databases['has the key already'] ?? {}, 'forwardChangeEvent');
    await sender.drain(databases['fails'] ?? {});
    await sender.requeue(databases['fails'] ?? {});
    await sender.change(receivers['is not found'] ?? {}, 'forwardChangeEvent');

    sender.assertTold(/the outbox must be writable: E11000/);
    sender.assertTold(/Cannot drain the outbox: its database must answer: a fault that it does not name/);
    sender.assertTold(/Cannot requeue the refused events: the outbox must be writable: a fault that it does not name/);
    sender.assertTold(/no connection: no such host/);
  });

  it('has a secret in everything that repeats', () => {
    const sent = { url: canaries.urlQuery, headers: { 'x-functions-key': [canaries.functionKey] } };
    const post = answers(500, (all) => all);

    const answer = JSON.stringify(post({ ...sent, body: JSON.stringify(canaryEvent('sample_mflix')) }));

    assert(canariesIn(answer).length > 5);
    assert(canariesIn(everything).length > 10);
  });
});
