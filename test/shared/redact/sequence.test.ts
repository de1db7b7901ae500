import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { changeEvents, type EventFields, tokenOf, withField, withoutField } from '../../support/change-events.ts';
import { redacted, redactSecret } from './redacted.ts';

const { insert } = changeEvents;
const token = insert._id._data;

describe('the sequence of a redacted event', () => {
  it('is the token if no rule concerns its content', () => {
    for (const rules of ['*: title', '*: title, year=mask', '*: id', '*: x._id'])
      assert.equal(redacted(insert, rules).sequence, token, rules);
  });

  it("is the time of the token and a keyed hash if a rule is for the document's key", () => {
    const digest = createHmac('sha256', redactSecret).update(token).digest('hex').slice(0, 32).toUpperCase();

    for (const rules of ['*: _id', '*: _id=mask', '*: _id=hash', '*: _id.customer'])
      assert.equal(redacted(insert, rules).sequence, `${token.slice(0, 18)}${digest}`, rules);
  });

  it('is hashed too if the token has a field that the documentKey lacks', () => {
    for (const event of [
      withField(insert, 'documentKey', { region: 'x', _id: insert.documentKey._id }),
      withoutField(insert, 'documentKey'),
      withField(insert, 'documentKey', null),
      withField(insert, 'documentKey', 'x'),
      withField(changeEvents.modify, 'operationDescription', { index: { region: 1 } }),
      withField(changeEvents.modify, 'operationDescription', { region: 1 }),
    ]) {
      assert.match(redacted(event, '*: region').sequence, /^82[0-9A-F]{48}$/);
    }
  });

  it('is hashed too if only the token has a part of the key', () => {
    const carries = (name: string): EventFields => withField(insert, '_id', { _data: tokenWith(name) });

    for (const [name, rule] of [
      ['region', 'region=mask'],
      ['address.zip', 'address.zip'],
      ['address.zip', 'address=hash'],
      ['address', 'address.zip'],
      ['größe', 'größe'],
      ['customer_id', 'customer_id'],
      ['id', 'id'],
    ] as const) {
      assert.match(redacted(carries(name), `*: ${rule}`).sequence, /^82[0-9A-F]{48}$/, `${name}: ${rule}`);
    }
    for (const [name, rule] of [
      ['address.city', 'address.zip'],
      ['regions', 'region'],
      ['zip', 'address.zip'],
      ['customer_id', 'id'],
    ] as const) {
      assert.equal(redacted(carries(name), `*: ${rule}`).sequence, tokenWith(name), `${name}: ${rule}`);
    }
  });

  it('sorts by time, and distinguishes events of the same time', () => {
    const tokens = [1, 2, 3].map(tokenOf);
    const later = `82${(0x6b001dc3).toString(16)}00000001`.toUpperCase() + token.slice(18);
    const [firstToken = '', secondToken = ''] = tokens;
    const sequences = [...tokens, `${token.slice(0, -2)}FF`, later].map(
      (_data) => redacted(withField(insert, '_id', { _data }), '*: _id').sequence,
    );

    assert.equal(new Set(sequences).size, 5);
    const [first = '', second = '', third = '', , last = ''] = sequences;
    assert.ok(first < second && second < third && third < last && first < secondToken && firstToken < second);
  });

  it('keeps the zero byte of a snapshot event, so that it sorts before every event since', () => {
    const snapshot = `826B001DC2${'0'.repeat(10)}${'0F'.repeat(16)}`;
    const { sequence } = redacted({ ...withField(insert, '_id', { _data: snapshot }), snapshot: true }, '*: _id');

    assert.match(sequence, /^826B001DC20000000000[0-9A-F]{32}$/);
    assert.notEqual(sequence, snapshot);
  });

  it('has no time if the token has another form', () => {
    for (const _data of ['canary', '83'.repeat(20), '82canary0123456789', '82AB', ' 820000000000000000']) {
      const { sequence } = redacted(withField(insert, '_id', { _data, canary: 1 }), '*: _id');

      assert.match(sequence, /^[0-9A-F]{32}$/, _data);
    }
  });

  it('hides the token if a rule names `_id` and the content of the token is unknown', () => {
    const ofOtherForm = { ...insert, _id: { _data: 'canary' }, documentKey: { _id: 5 } };

    assert.match(redacted(ofOtherForm, '*: _id.customer').sequence, /^[0-9A-F]{32}$/);
  });

  it('replaces the token: the text does not contain it', () => {
    const { text } = redacted(insert, '*: _id');

    assert.ok(!Buffer.from(text).includes(token.slice(18)));
  });

  it('is the same at each delivery', () => {
    assert.equal(redacted(insert, '*: _id').sequence, redacted(insert, '*: _id=hash, title').sequence);
  });
});

/** The token of a document with a shard key of that name, before its `_id`. */
function tokenWith(name: string): string {
  const field = Buffer.from(`<${name}\0<x\0`, 'utf8').toString('hex').toUpperCase();
  return token.replace('46645F6964', `46${field}645F6964`);
}
