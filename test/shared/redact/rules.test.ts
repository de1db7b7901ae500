import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { follow, type PathTree, pathsFor } from '../../../shared/redact/rules.ts';
import { redactionsFrom } from './redacted.ts';

describe('pathsFor()', () => {
  const redactions = redactionsFrom('shop.customers: a; shop.*: b=mask; crm.people: c; *: d=hash');

  it('finds the rules of the collection, of its database, and of all, together', () => {
    for (const [db, coll, names] of [
      ['shop', 'customers', 'abd'],
      ['shop', 'orders', 'bd'],
      ['crm', 'people', 'cd'],
      ['crm', 'calls', 'd'],
      ['other', 'customers', 'd'],
    ] as const) {
      assert.equal(namesIn(pathsFor(redactions, db, coll)), names, `${db}.${coll}`);
    }
  });

  it('applies every rule to an event without a collection or a namespace', () => {
    assert.equal(namesIn(pathsFor(redactions, 'shop', undefined)), 'abd');
    assert.equal(namesIn(pathsFor(redactions, 'other', undefined)), 'd');
    assert.equal(namesIn(pathsFor(redactions, undefined, undefined)), 'abcd');
    assert.equal(namesIn(pathsFor(redactions, undefined, 'customers')), 'abcd');
  });

  it('finds none for a namespace that no rule names', () => {
    const ofOne = redactionsFrom('shop.customers: a; "crm.a.b": c');

    assert.equal(pathsFor(ofOne, 'shop', 'orders'), undefined);
    assert.equal(pathsFor(ofOne, 'shops', 'customers'), undefined);
    assert.equal(pathsFor(ofOne, 'other', undefined), undefined);
    assert.equal(namesIn(pathsFor(ofOne, 'crm', 'a.b')), 'c');
    assert.equal(pathsFor(ofOne, 'crm', 'a'), undefined);
    assert.equal(namesIn(pathsFor(redactionsFrom('undefined.*: a; *: b'), 'shop', 'orders')), 'b');
  });
});

describe('follow()', () => {
  const actionAt = (rules: string, ...names: string[]): string | undefined => {
    let at: PathTree | undefined = pathsFor(redactionsFrom(`*: ${rules}`), 'db', 'coll');
    for (const name of names) at = at && follow(at, name);
    return at && (at.action ?? 'on the way');
  };

  it('leads along the names to the action of the rule', () => {
    assert.equal(actionAt('card.number=mask', 'card', 'number'), 'mask');
    assert.equal(actionAt('card.number=mask', 'card'), 'on the way');
    assert.equal(actionAt('card.number=mask', 'number'), undefined);
    assert.equal(actionAt('card.number=mask', 'card', 'numbers'), undefined);
    assert.equal(actionAt('card.number=mask', 'Card', 'number'), undefined);
  });

  it('reads a name with dots as a path, however it is cut', () => {
    assert.equal(actionAt('a.b.c=mask', 'a.b', 'c'), 'mask');
    assert.equal(actionAt('a.b.c=mask', 'a', 'b.c'), 'mask');
    assert.equal(actionAt('"a.b.c"=mask', 'a', 'b', 'c'), 'mask');
    assert.equal(actionAt('a.b.c=mask', 'a.b.c'), 'mask');
    assert.equal(actionAt('a.b.c=mask', 'a.bc'), undefined);
  });

  it('leaves out positions, in rules and in names', () => {
    assert.equal(actionAt('cards.number=mask', 'cards.0.number'), 'mask');
    assert.equal(actionAt('cards.0.number=mask', 'cards', 'number'), 'mask');
    assert.equal(actionAt('cards.number=mask', '17', 'cards', '0'), 'on the way');
    assert.equal(actionAt('cards.number=mask', 'cards.1st.number'), undefined);
  });

  it("drops a name below a rule's field with every action", () => {
    for (const action of ['mask', 'hash', 'drop']) {
      assert.equal(actionAt(`card=${action}`, 'card.number'), 'drop');
      assert.equal(actionAt(`card=${action}`, 'card.4711'), 'drop');
      assert.equal(actionAt(`card=${action}`, 'card.'), 'drop');
      assert.equal(actionAt(`card=${action}`, 'card'), action);
    }
  });

  it('lets drop win over mask, and mask over hash', () => {
    assert.equal(actionAt('a=hash, a=mask', 'a'), 'mask');
    assert.equal(actionAt('a=mask, a, a=hash', 'a'), 'drop');
  });

  it('lets the shorter path decide', () => {
    assert.equal(actionAt('a.b, a=hash', 'a'), 'hash');
    assert.equal(actionAt('a.b.c=mask, a.b=hash', 'a', 'b'), 'hash');
  });
});

function namesIn(paths: PathTree | undefined): string | undefined {
  return paths && [...paths.children.keys()].sort().join('');
}
