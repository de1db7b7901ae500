// The surfaces of the Atlas side: log, errors and results of its functions, and the outbox without its events.
import assert from 'node:assert/strict';
import { canaries, contentCanaries, signingSecret } from './canary.ts';
import { answers, canarySender, everything, repeatingReceipt, type Trouble } from './canary-sender.ts';
import type { Surface } from './secrecy-table.ts';

const ours = 'urn:atlas-lake-sync:problem:';
const fault = (text = everything): Error => new Error(text, { cause: new Error(everything) });

/** Makes an event too large for one document of the outbox. The limit is small here. */
const inParts = canaries.document.repeat(100);

/** All answers that repeat the request, of a receiver or of another server. */
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
    post: ({ url }) => Promise.reject(fault(`Post "${url}": dial tcp: lookup ${canaries.host}.test: no such host`)),
    says: [/no connection: no such host/],
  },
  'breaks, for an unknown reason': { post: (request) => Promise.reject(fault(JSON.stringify(request))) },
  'breaks at once': { post: () => assert.fail(everything) },
  'breaks with a text': { post: () => Promise.reject(everything) },
  'breaks with a word that looks like one of the system': { post: () => Promise.reject(fault(canaries.capitals)) },
};

const well: Trouble = { post: answers(200, repeatingReceipt('stored')) };
const ill: Trouble = { post: answers(500, (all) => all) };

/** All faults of the outbox. They repeat document and token, as servers do. */
const databases: Readonly<Record<string, Trouble>> = {
  fails: {
    disturb: () => Promise.reject(fault()),
    says: [
      /Cannot drain the outbox: its database must answer: a fault that it does not name/,
      /Cannot requeue the refused events: the outbox must be writable: a fault that it does not name/,
    ],
  },
  'fails, while the receiver is well': { ...well, disturb: () => Promise.reject(fault()) },
  'cannot be read': { disturb: (operation) => (operation === 'read' ? Promise.reject(fault()) : undefined) },
  'cannot be written': { disturb: (operation) => (operation === 'write' ? Promise.reject(fault()) : undefined) },
  'cannot be written, while the receiver is well': {
    ...well,
    disturb: (operation) => (operation === 'write' ? Promise.reject(fault()) : undefined),
  },
  'has the key already': {
    disturb: () => Promise.reject(fault(`E11000 duplicate key error dup key: ${everything}`)),
    says: [/the outbox must be writable: E11000/],
  },
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

type Sender = ReturnType<typeof canarySender>;

/** Each function has the trouble with its own outbox. */
const scenes: readonly ((trouble: Trouble, sender: Sender) => Promise<void>)[] = [
  ...(['forwardChangeEvent', 'bufferChangeEvent'] as const).map(
    (by) =>
      async (trouble: Trouble, { change }: Sender) => {
        await change(trouble, by);
        await change(trouble, by, inParts);
      },
  ),
  async (trouble, { change, drain }) => {
    await change(ill, 'forwardChangeEvent');
    await change(ill, 'forwardChangeEvent', inParts);
    await change(ill, 'bufferChangeEvent');
    await drain(trouble);
    await drain(trouble);
  },
  async (trouble, { change, requeue, drain }) => {
    await change({ post: answers(413) }, 'forwardChangeEvent');
    await requeue(trouble);
    await drain(trouble);
  },
];

export const senderSurface: Surface = {
  surface: 'forwardChangeEvent, bufferChangeEvent, drainOutbox, requeueRefused and the outbox',
  given: everything,
  canaries: [
    ...contentCanaries.filter((one) => one !== 'objectId'),
    'urlQuery',
    'host',
    'functionKey',
    'signingSecret',
  ],
  ways: Object.fromEntries(
    Object.entries(troubles).map(([what, trouble]) => [
      what,
      async () => {
        const texts: string[] = [];
        for (const scene of scenes) {
          const sender = canarySender();
          await scene(trouble, sender);
          texts.push(...sender.texts());
        }
        return { texts, says: trouble.says ?? [] };
      },
    ]),
  ),
};
