import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ObjectId } from 'bson';
import { applyUpdate, type Fields, isMatch, projected, sortedBy } from '../../../local/atlas/atlas-query.ts';

const early = new ObjectId('573a1390f29313caabcd4135');
const late = new ObjectId('673a1390f29313caabcd4135');
const document = { _id: early, state: 'waiting', tries: 2, dueAt: new Date(1000), nothing: null };

describe('isMatch()', () => {
  for (const query of [
    {},
    { _id: new ObjectId(early.toHexString()) },
    { state: 'waiting', tries: 2 },
    { state: { $in: ['refused', 'waiting'] } },
    { state: { $ne: 'refused' } },
    { tries: { $gt: 1, $lte: 2 } },
    { dueAt: new Date(1000) },
    { dueAt: { $lte: new Date(1000) } },
    { _id: { $lt: late } },
    { failedAt: { $exists: false } },
    { failedAt: null },
    { nothing: null },
  ] satisfies Fields[]) {
    it(`is true of ${JSON.stringify(query)}`, () => {
      assert.equal(isMatch(document, query), true);
    });
  }

  for (const query of [
    { _id: late },
    { _id: early.toHexString() },
    { state: 'refused' },
    { state: { $in: [] } },
    { tries: '2' },
    { tries: { $lt: 2 } },
    { dueAt: { $lt: new Date(1000) } },
    { dueAt: { $lte: 5000 } },
    { dueAt: { $lte: '9' } },
    { failedAt: { $lte: new Date(5000) } },
    { nothing: { $exists: false } },
    { state: null },
  ] satisfies Fields[]) {
    it(`is false of ${JSON.stringify(query)}`, () => {
      assert.equal(isMatch(document, query), false);
    });
  }

  it('refuses an unknown operator, and does not just find nothing', () => {
    for (const query of [{ state: { $regex: 'w' } }, { tries: { $mod: [2, 0] } }, { $or: [{ state: 'waiting' }] }])
      assert.throws(() => isMatch(document, query), /unknown/);
    assert.throws(() => isMatch({ parts: [1] }, { parts: 1 }), /unknown/);
    assert.throws(() => isMatch({ parts: [{ size: 1 }] }, { 'parts.size': 1 }), /unknown/);
  });

  it('follows a path through objects, and compares texts by the collation', () => {
    const owned = { owner: { region: 'EU' } };

    assert(isMatch(owned, { 'owner.region': { $eq: 'EU' } }));
    assert(isMatch(owned, { 'owner.city': { $eq: null } }));
    assert(!isMatch(owned, { 'owner.region': { $eq: 'eu' } }));
    assert(isMatch(owned, { 'owner.region': { $eq: 'eu' } }, new Intl.Collator('en', { sensitivity: 'base' }).compare));
  });
});

describe('sortedBy()', () => {
  it('sorts missing values first, then numbers, texts, ObjectIds and dates, each in order', () => {
    const values = [new Date(2), late, 'b', 10, undefined, early, 'a', 9, new Date(1)];

    const sorted = sortedBy(
      values.map((value) => ({ value })),
      { value: 1 },
    );

    assert.deepEqual(
      sorted.map(({ value }) => value),
      [undefined, 9, 10, 'a', 'b', early, late, new Date(1), new Date(2)],
    );
  });

  it('sorts downwards too, and by a second field if the first is equal', () => {
    const documents = [
      { at: 1, name: 'a' },
      { at: 2, name: 'b' },
      { at: 1, name: 'c' },
    ];

    assert.deepEqual(
      sortedBy(documents, { at: -1, name: -1 }).map(({ name }) => name),
      ['b', 'c', 'a'],
    );
  });
});

describe('projected()', () => {
  it('keeps the named fields and the _id, or all but the named fields', () => {
    assert.deepEqual(Object.keys(projected(document, { state: 1 })), ['_id', 'state']);
    assert.deepEqual(Object.keys(projected(document, { _id: 1 })), ['_id']);
    assert.deepEqual(Object.keys(projected(document, { _id: 0, state: 1 })), ['state']);
    assert.deepEqual(Object.keys(projected(document, { dueAt: 0, nothing: 0 })), ['_id', 'state', 'tries']);
    assert.deepEqual(projected(document), document);
  });

  it('refuses both at once, and nested fields', () => {
    assert.throws(() => projected(document, { state: 1, tries: 0 }), /both/);
    assert.throws(() => projected(document, { 'state.name': 1 }), /unknown/);
  });
});

describe('applyUpdate()', () => {
  it('sets, removes and counts', () => {
    const update = { $set: { state: 'refused' }, $unset: { dueAt: '' }, $inc: { tries: 1, posts: 1 } };

    assert.deepEqual(applyUpdate(document, update), {
      ...{ _id: early, state: 'refused', tries: 3, nothing: null },
      posts: 1,
    });
  });

  it('sets some fields only in inserted documents', () => {
    const update = { $setOnInsert: { state: 'new' } };

    assert.equal(applyUpdate(document, update)['state'], 'waiting');
    assert.equal(applyUpdate({ _id: 1 }, update, true)['state'], 'new');
  });

  it('refuses unknown operators', () => {
    for (const update of [{ $push: { parts: 1 } }, { $push: {} }, { state: 'refused' }, { tries: 5 }])
      assert.throws(() => applyUpdate(document, update), /unknown update operator/);
    assert.throws(() => applyUpdate(document, { $set: { 'state.name': 1 } }), /unknown/);
    assert.throws(() => applyUpdate(document, { $set: { _id: 1 } }), /immutable/);
    assert.throws(() => applyUpdate(document, { $inc: { state: 1 } }), /numbers/);
  });
});
