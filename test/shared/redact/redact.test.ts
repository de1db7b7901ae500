import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lakePath } from '../../../shared/events/lake-path.ts';
import { readRedactedEvent, redact } from '../../../shared/redact/redact.ts';
import {
  changeEvents,
  type EventFields,
  eventOf,
  heat,
  insertOf,
  textOf,
  withField,
  withoutField,
} from '../../support/change-events.ts';
import { lineOf, redacted, redactedLine, redactionsFrom } from './redacted.ts';

const naming = { directory: '', layout: 'partitioned', filePrefix: 'change' } as const;
const customer = { _id: heat._id, email: 'a@example.com', name: 'Ann' };
const { email: _, ...withoutEmail } = customer;

describe('redact()', () => {
  it('returns the same event if no rule matches its namespace or fields', () => {
    const event = eventOf(changeEvents.update);

    for (const rules of ['shop.*: title', 'sample_mflix.actors: title', '*: email, title.x=mask'])
      assert.equal(redact(event, redactionsFrom(rules)), event, rules);
  });

  it('redacts the document, before and after the change', () => {
    const update = { ...changeEvents.update, fullDocument: customer, fullDocumentBeforeChange: customer };
    const deletion = { ...changeEvents.delete, fullDocumentBeforeChange: customer };

    assert.deepEqual(redactedLine(insertOf(customer), '*: email')['data'], withoutEmail);
    assert.deepEqual(redactedLine(update, '*: email')['data'], withoutEmail);
    assert.deepEqual(redactedLine(deletion, '*: email=mask')['data'], { ...customer, email: '***' });
    const { fullDocumentBeforeChange } = JSON.parse(Buffer.from(redacted(update, '*: email').text).toString());
    assert.deepEqual(fullDocumentBeforeChange, withoutEmail);
  });

  it('redacts a shard key, also one with dots in its name', () => {
    const sharded = withField(changeEvents.insert, 'documentKey', { 'address.zip': 1, region: 2, _id: heat._id });

    const line = redactedLine(sharded, '*: address.zip, region=mask');

    assert.deepEqual(line['documentKey'], { region: '***', _id: heat._id });
  });

  it('redacts the other fields of the event like a document', () => {
    const others = {
      stateBeforeChange: { email: 1, x: 2 },
      operationDescription: [{ email: 1, x: 2 }],
      data: { email: 1, x: 2 },
      lsid: null,
      nsType: 'email',
    };

    const line = redactedLine({ ...changeEvents.modify, ...others }, '*: email');

    assert.partialDeepStrictEqual(line, {
      stateBeforeChange: { x: 2 },
      operationDescription: [{ x: 2 }],
      'event.data': { x: 2 },
      lsid: null,
      nsType: 'email',
    });
    assert.doesNotMatch(JSON.stringify(line), /"email":/);
  });

  it('leaves the fields that identify an event', () => {
    const rename = { ...changeEvents.rename, operationDescription: 1 };
    const rules = '*: db, coll, t, wallTime, ns, to, clusterTime, operationType, _data';

    const line = redactedLine(rename, rules);

    assert.deepEqual(line, redactedLine(rename, '*: x'));
  });

  it('accepts an event without a document', () => {
    for (const value of [null, 'text', 5])
      assert.deepEqual(redactedLine(insertOf(value), '*: email, text')['data'], value);
  });

  it('changes the rest of a line by no byte', () => {
    const event = withField(changeEvents.update, 'fullDocument', { ...heat, email: 'x', views: { $numberLong: '5' } });
    const without = withField(event, 'fullDocument', { ...heat, views: { $numberLong: '5' } });

    for (const format of ['relaxed', 'canonical', 'simple'] as const)
      assert.equal(lineOf(redacted(event, '*: email'), format), lineOf(eventOf(without), format));
  });

  it('applies every rule to an event without a namespace', () => {
    const fragment = { ...withoutField(insertOf(customer), 'ns'), splitEvent: { fragment: 2, of: 2 } };

    assert.deepEqual(redactedLine(fragment, 'shop.customers: email; crm.people: name')['data'], { _id: heat._id });
    const ofDatabase = withField(fragment, 'ns', { db: 'shop' });
    assert.deepEqual(redactedLine(ofDatabase, 'shop.customers: email; crm.people: name')['data'], withoutEmail);
  });

  it('is placed by the redacted key', () => {
    const id = heat._id.$oid;
    const path = (rules: string): string => lakePath(redacted(changeEvents.insert, rules), naming);

    assert.match(path('*: title'), new RegExp(`-${id}-[0-9a-f]{16}\\.json$`));
    for (const rules of ['*: _id', '*: _id=mask', '*: _id=hash'])
      assert.match(path(rules), /\/change-\d{10}-\d{10}-[0-9a-f]{16}\.json$/);
    const digests = ['*: title', '*: _id', '*: _id=hash'].map((rules) => path(rules).slice(-21));
    assert.equal(new Set(digests).size, 2);
  });

  it('gives one document one hashed key in every place', () => {
    const line = redactedLine(changeEvents.insert, '*: _id=hash');

    const { documentKey, data } = line;
    assert.match(JSON.stringify(documentKey), /^\{"_id":"hmac:[0-9a-f]{32}"\}$/);
    assert.partialDeepStrictEqual(data, documentKey);
  });
});

describe('readRedactedEvent()', () => {
  const read = (event: EventFields, rules?: string) => {
    const text = textOf(event);
    return readRedactedEvent(
      text,
      { start: 0, end: text.length },
      rules === undefined ? undefined : redactionsFrom(rules),
    );
  };

  it('reads an event unchanged without rules', () => {
    assert.deepEqual(read(changeEvents.insert), { kind: 'change-event', event: eventOf(changeEvents.insert) });
  });

  it('redacts it with rules', () => {
    assert.deepEqual(read(changeEvents.insert, '*: title'), {
      kind: 'change-event',
      event: redacted(changeEvents.insert, '*: title'),
    });
  });

  it('refuses a value that is no change event', () => {
    assert.partialDeepStrictEqual(read({ email: 1 }, '*: email'), { kind: 'refused' });
  });
});
