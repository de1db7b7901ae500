import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../shared/events/lake-path.ts';
import { changeEvents, type EventFields, eventOf, withField } from '../support/change-events.ts';
import { problemOf, receiptOf } from '../support/scripted-receiver.ts';
import { type Sender, senderOf } from '../support/sender.ts';

const secretBytes = 'the-secret-of-the-app-is-32-long';
const values = {
  lakeReceiverKey: 'the-key-of-the-app',
  lakeSigningSecret: `whsec_${Buffer.from(secretBytes).toString('base64')}`,
};
const documentId = 'the-id-of-the-document';
const token = `826B001DC2000000012B042C0100296E5A1004${Buffer.from(documentId).toString('hex').toUpperCase()}0004`;
const event: EventFields = {
  ...changeEvents.update,
  _id: { _data: token },
  fullDocument: { _id: documentId, name: 'the-name-in-the-document' },
  fullDocumentBeforeChange: { _id: documentId, name: 'the-name-before' },
  documentKey: { country: 'the-shard-key', _id: documentId },
  updateDescription: { updatedFields: { 'the-changed-field': 'the-changed-value' }, removedFields: [] },
};
const canaries = [
  ...[token, Buffer.from(documentId).toString('hex'), 'the-id', 'the-name', 'the-shard', 'the-changed'],
  ...[values.lakeReceiverKey, values.lakeSigningSecret, values.lakeSigningSecret.slice(6), secretBytes],
  ...['the-code-in-the-address', 'receiver.test', '127.0.0.1', '/api/change-events'],
].map((canary) => canary.toLowerCase());

const everything = JSON.stringify({ ...event, ...values });

/** All ways that a forwarding can take; each fault repeats what it was given, as the real ones do. */
const ways: Readonly<Record<string, (sender: Sender) => void>> = {
  delivered: () => undefined,
  refused: ({ receiver }) => receiver.act(receiptOf(['refused'])),
  'too large': ({ receiver }) => receiver.act(problemOf(413, 'body-too-large')),
  'answered with all it was sent': ({ receiver }) =>
    receiver.act(({ body, headers }) => ({ status: 500, body: body + JSON.stringify(headers) })),
  'answered with a problem of somebody else': ({ receiver }) =>
    receiver.act(({ body }) => ({ status: 503, body: JSON.stringify({ type: body, title: body, detail: body }) })),
  'not answered': (sender) => sender.hang(),
  'cut off': ({ receiver }) => receiver.act('reset'),
  'not kept': (sender) => {
    sender.receiver.act({ status: 500 });
    sender.disturb(() => Promise.reject(new Error(`E11000 dup key: ${everything}`)));
  },
  'not kept for an unknown reason': (sender) => {
    sender.receiver.act({ status: 500 });
    sender.disturb(() => Promise.reject(new Error(everything)));
  },
  'refused for a reason of somebody else, and not kept': (sender) => {
    sender.receiver.act(receiptOf(['refused'], everything));
    sender.disturb((operation) => (operation === 'write' ? Promise.reject(new Error('not primary')) : undefined));
  },
  'not kept at first': (sender) => {
    sender.receiver.act({ status: 500 });
    sender.disturb((operation) => (operation === 'read' ? Promise.reject(new Error(everything)) : undefined));
  },
};

describe('forwardChangeEvent(): what it logs', () => {
  for (const [way, arrange] of Object.entries(ways)) {
    it(`holds no content, key, token, secret or address of an event that is ${way}`, async (t) => {
      const sender = await senderOf(t, values);
      arrange(sender);

      const told = await tellingOf(sender);

      assertTellsNothing(told);
    });
  }

  it('holds none of it when the connection fails and the fault repeats the address', async (t) => {
    const lakeReceiverUrl = 'https://receiver.test/api/change-events?code=the-code-in-the-address';
    const sender = await senderOf(t, { ...values, lakeReceiverUrl }, () =>
      Promise.reject(new Error(`Post "${lakeReceiverUrl}": dial tcp: lookup receiver.test: no such host`)),
    );

    const told = await tellingOf(sender);

    assertTellsNothing(told);
    assert.match(told, /no connection: no such host/);
  });

  for (const [name, wrong] of Object.entries({
    lakeReceiverUrl: 'receiver.test?code=the-code-in-the-address',
    lakeSigningSecret: secretBytes,
    lakeDataSource: 'the-key-of-the-app',
  })) {
    it(`does not repeat a wrong ${name}`, async (t) => {
      const sender = await senderOf(t, { ...values, [name]: wrong });
      sender.receiver.act({ status: 500 });

      assertTellsNothing(await tellingOf(sender));
    });
  }

  it('does not name what it kept because of an earlier failure either', async (t) => {
    const sender = await senderOf(t, values);
    sender.receiver.act({ status: 500 });
    await sender.forward(changeEvents.insert);

    assertTellsNothing(await tellingOf(sender));
  });
});

describe('forwardChangeEvent(): its log', () => {
  for (const [outcome, act] of [
    ['delivered', receiptOf(['stored'])],
    ['refused', receiptOf(['refused'])],
    ['kept', { status: 500 }],
  ] as const) {
    it(`is one line with the outcome of an event that is ${outcome}`, async (t) => {
      const sender = await senderOf(t);
      sender.receiver.act(act);
      const began = sender.clock.now();

      const answer = await sender.forward(changeEvents.update);

      const [line] = linesOf(sender);
      assert.deepEqual(line, answer);
      assert.partialDeepStrictEqual(line, {
        ...{ function: 'forwardChangeEvent', outcome, operationType: 'update', namespace: 'sample_mflix.movies' },
        durationMs: sender.clock.now() - began,
      });
    });
  }

  it('is one line that names a lost event', async (t) => {
    const sender = await senderOf(t);
    sender.receiver.act({ status: 500 });
    sender.disturb(() => Promise.reject(new Error('not primary')));

    await assert.rejects(sender.forward(changeEvents.update));

    const [line, ...others] = linesOf(sender);
    assert.partialDeepStrictEqual(line, { outcome: 'lost', operationType: 'update', namespace: 'sample_mflix.movies' });
    assert.deepEqual(others, []);
  });

  for (const operationType of ['update', 'dropDatabase', 'invalidate'] as const) {
    it(`names the event by the digest that its file ends with: ${operationType}`, async (t) => {
      const sender = await senderOf(t);

      const { digest } = await sender.forward(changeEvents[operationType]);

      assert.equal(digest, digestOf(eventOf(changeEvents[operationType])));
    });
  }

  for (const [name, long] of Object.entries({
    letters: 'x'.repeat(1000),
    'characters of three bytes': '€'.repeat(1000),
    'characters of two units': '😀'.repeat(1000),
    'characters that JSON writes with six': '\u0001'.repeat(1000),
  })) {
    it(`is one line of less than 512 bytes, and JSON, for names of many ${name}`, async (t) => {
      const sender = await senderOf(t);
      sender.receiver.act(receiptOf(['refused'], long));
      const named = withField(changeEvents.update, 'ns', { db: long.slice(0, 64), coll: long.slice(0, 255) });

      await sender.forward(withField(named, 'operationType', long));

      const [line, ...others] = linesOf(sender);
      assert.partialDeepStrictEqual(line, { outcome: 'refused' });
      assert.deepEqual(others, []);
      assert(Buffer.byteLength(sender.logs.join()) < 512);
    });
  }
});

/** Everything that leaves a function, except the request and the outbox. */
async function tellingOf(sender: Sender): Promise<string> {
  const answer = await sender.forward(event).catch((error: unknown) => String(Object(error).stack));
  return [JSON.stringify(answer), ...sender.logs].join('\n');
}

function assertTellsNothing(told: string): void {
  for (const canary of canaries) assert(!told.toLowerCase().includes(canary), `"${canary}" is told: ${told}`);
}

function linesOf({ logs }: Sender): unknown[] {
  return logs.map((line) => JSON.parse(line));
}
