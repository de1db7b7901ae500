import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  assertNoCanary,
  canaries,
  canariesIn,
  canaryEvent,
  contentCanaries,
  objectId,
  redactKey,
  signingSecret,
  storageKey,
  toldBy,
} from '../support/canary.ts';
import { answers } from '../support/canary-sender.ts';
import { changeEvents, type EventFields } from '../support/change-events.ts';

/** The encodings in which a text can leak. */
const forms: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in capitals': (text) => text.toUpperCase(),
  'in small letters': (text) => text.toLowerCase(),
  'in JSON': (text) => JSON.stringify({ reason: `E11000 dup key: ${JSON.stringify({ _id: text })}` }),
  'in an address': (text) => new URL(`http://receiver.test/?code=${encodeURIComponent(text)}`).href,
  'in hex': (text) => Buffer.from(text).toString('hex'),
  'in hex of capitals, within a token': (text) => `82AB${Buffer.from(text).toString('hex').toUpperCase()}0004`,
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64, one byte behind': (text) => Buffer.from(`x${text}yz`).toString('base64'),
  'in base64, two bytes behind': (text) => Buffer.from(`xy${text}z`).toString('base64'),
  'in base64 for addresses': (text) => Buffer.from(`?>${text}`).toString('base64url'),
  'as bytes': (text) => JSON.stringify(Buffer.from(text)),
  'without its beginning': (text) => (text.length > 12 ? text.slice(-12) : text),
  'without its end': (text) => text.slice(0, 12),
};

describe('the search for canaries', () => {
  for (const [canary, text] of Object.entries(canaries)) {
    it(`finds ${canary} in each form, and no other`, () => {
      for (const [form, told] of Object.entries(forms)) {
        const found = canariesIn(`told: ${told(text)} and more`);

        assert.deepEqual([...new Set(found.map((one) => one.canary))], [canary], form);
      }
    });
  }

  it('finds secrets as settings have them', () => {
    const found = canariesIn([signingSecret, redactKey, storageKey].join()).map(({ canary }) => canary);

    assert.deepEqual(new Set(found), new Set(['signingSecret', 'redactKey', 'storageKey']));
  });

  it('finds every place of content in an event, and the keys in its token', () => {
    const event: EventFields = { ...canaryEvent('sample_mflix', 1, objectId), before: canaries.shortId };

    const inEvent = canariesIn(JSON.stringify(event)).map(({ canary }) => canary);
    const inToken = canariesIn(JSON.stringify(event['_id'])).map(({ canary, form }) => `${canary} ${form}`);

    assert.deepEqual(new Set(inEvent), new Set(contentCanaries));
    assert.deepEqual(inToken, ['shortId hex', 'shardKey hex']);
  });

  it('finds the other content of an error besides its message', () => {
    const error = new Error('a fault', { cause: new Error('another', { cause: canaries.document }) });
    const details = Object.assign(new Error('a fault'), { request: { url: canaries.urlQuery } });
    const several = new AggregateError([new Error(canaries.shortId)]);

    const found = [error, details, several].map((one) => canariesIn(toldBy(one)).map(({ canary }) => canary));

    assert.deepEqual(found, [['document'], ['urlQuery'], ['shortId']]);
  });

  it('finds texts that servers repeat to the sender', () => {
    const sent = { url: canaries.urlQuery, headers: { 'x-functions-key': [canaries.functionKey] } };
    const post = answers(500, (all) => all);

    const answer = JSON.stringify(post({ ...sent, body: JSON.stringify(canaryEvent('sample_mflix')) }));

    assert(canariesIn(answer).length > 5);
  });

  it('finds nothing in an event without canaries', () => {
    assertNoCanary(
      'an event of others',
      JSON.stringify(changeEvents),
      gzipSync(JSON.stringify(changeEvents)).toString('base64'),
    );
  });
});
