import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { redact } from '../../../shared/redact/redact.ts';
import { changeEvents, readEvent, withField } from '../../support/change-events.ts';
import { fieldText, redactionsFrom, redactSecret } from './redacted.ts';

describe('redactUpdate()', () => {
  it('drops, masks or hashes the entry of a field, also of one in an array', () => {
    assert.equal(
      updateOf(
        { updatedFields: { 'cards.0.number': 1, 'cards.0.name': 'x', 'a.b': 2, 'c.d': 3 } },
        'cards.number, a.b=mask, c.d=hash',
      ),
      updateText({ updatedFields: { 'cards.0.name': 'x', 'a.b': '***', 'c.d': hashOfThree } }),
    );
  });

  it('looks into the value of an entry above a field', () => {
    assert.equal(
      updateOf({ updatedFields: { cards: [{ number: 1, name: 'x' }], 'cards.1': { number: 2 } } }, 'cards.number'),
      updateText({ updatedFields: { cards: [{ name: 'x' }], 'cards.1': {} } }),
    );
  });

  it('drops an entry below a field with every action: its name can be data', () => {
    for (const action of ['drop', 'mask', 'hash']) {
      assert.equal(
        updateOf({ updatedFields: { 'phones.4711': true, 'phones.home.0': 1, other: 2 } }, `phones=${action}`),
        updateText({ updatedFields: { other: 2 } }),
      );
    }
  });

  it('shows that a masked or hashed field was removed, but not a dropped one', () => {
    const sent = { removedFields: ['email', 'name', 'email.4711', 'cards.0.email'] };

    assert.equal(updateOf(sent, 'email=mask'), updateText({ removedFields: ['email', 'name', 'cards.0.email'] }));
    assert.equal(updateOf(sent, 'email=hash'), updateText({ removedFields: ['email', 'name', 'cards.0.email'] }));
    assert.equal(updateOf(sent, 'email'), updateText({ removedFields: ['name', 'cards.0.email'] }));
    assert.equal(updateOf(sent, 'email, name, cards'), updateText({ removedFields: [] }));
  });

  it('hides the new length of a redacted array, or of one in it', () => {
    const [tags, inner, other] = ['tags', 'tags.0.inner', 'other'].map((field) => ({ field, newSize: 2 }));

    for (const action of ['drop', 'mask', 'hash']) {
      assert.equal(
        updateOf({ truncatedArrays: [tags, inner, other] }, `tags=${action}`),
        updateText({ truncatedArrays: [other] }),
      );
    }
    assert.equal(
      updateOf({ truncatedArrays: [tags] }, 'tags.number, field, newSize=mask'),
      updateText({ truncatedArrays: [tags] }),
    );
  });

  it('drops the ambiguous paths', () => {
    assert.equal(
      updateOf({ disambiguatedPaths: { 'a.0': ['a', '0'], 'b.0': ['b', 0] } }, 'a=mask'),
      updateText({ disambiguatedPaths: { 'b.0': ['b', 0] } }),
    );
  });

  it('looks into entries of a form that no server sends', () => {
    const hostile =
      '{"removedFields":[1,null,["email","email.x","name",{"email":1}],{"field":"name","field":"email","x":1},{"field":"email","field":"name"},' +
      '{"field":5,"email":2,"x":3},{"field":"a","email":4}],"new":{"email":5,"y":6},"n":7}';

    assert.equal(
      updateTextOf(hostile, 'email'),
      '{"removedFields":[1,null,["name",{}],{"field":5,"x":3},{"field":"a"}],"new":{"y":6},"n":7}',
    );
    assert.equal(updateTextOf('[{"email":1}]', 'email'), '[{}]');
    assert.equal(updateTextOf('"email"', 'email'), '"email"');
  });
});

const hashOfThree = `hmac:${createHmac('sha256', redactSecret).update('{"$numberInt":"3"}').digest('hex').slice(0, 32)}`;

function updateOf(description: unknown, rules: string): string {
  return updateTextOf(JSON.stringify(description), rules);
}

function updateTextOf(description: string, rules: string): string {
  const sent = JSON.stringify(withField(changeEvents.update, 'updateDescription', 'here'));
  const event = readEvent(Buffer.from(sent.replace('"here"', description)));
  return fieldText(redact(event, redactionsFrom(`*: ${rules}`)), 'updateDescription');
}

function updateText(description: unknown): string {
  return JSON.stringify(description);
}
