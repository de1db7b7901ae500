import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Long, ObjectId } from 'bson';
import { atlasDatabase, countedOperations } from '../../../local/atlas/atlas-database.ts';
import { runBody } from '../../support/atlas-script.ts';

describe('a collection in memory', () => {
  it('inserts a document once, and refuses its _id afterwards with code 11000', async () => {
    const { outbox, documents } = open();
    await outbox.insertOne({ _id: 'a', text: 'first' });

    await assert.rejects(outbox.insertOne({ _id: 'a', text: 'second' }), { code: 11000, message: /^E11000 .*"a"/ });

    assert.deepEqual(documents(), [{ _id: 'a', text: 'first' }]);
  });

  it('distinguishes ids of different types', async () => {
    const { outbox, documents } = open();
    const id = new ObjectId();

    for (const _id of [1, '1', id, id.toHexString()]) await outbox.insertOne({ _id });

    assert.equal(documents().length, 4);
  });

  it('gives a document without an _id an ObjectId', async () => {
    const { outbox, documents } = open();

    const { insertedId } = await outbox.insertOne({ text: 'x' });

    assert(insertedId instanceof ObjectId);
    assert.deepEqual(documents(), [{ _id: insertedId, text: 'x' }]);
  });

  it('accepts 16 MB and not a byte more, inserted or updated', async () => {
    const { outbox, documents } = open();
    const around = 5 + 1 + 4 + 4 + 2 + 1 + 5 + 4 + 1;
    const most = 16 * 1024 * 1024 - around;
    await outbox.insertOne({ _id: 'a', text: 'x'.repeat(most) });

    await assert.rejects(outbox.insertOne({ _id: 'b', text: 'x'.repeat(most + 1) }), /too large/);
    await assert.rejects(outbox.updateOne({ _id: 'a' }, { $set: { more: 1 } }), /too large/);

    assert.deepEqual(
      documents().map(({ _id, more }) => [_id, more]),
      [['a', undefined]],
    );
  });

  it('keeps the written state when the object changes later', async () => {
    const { outbox } = open();
    const document = { _id: 'a', parts: ['first'], long: Long.fromString('9007199254740991') };
    await outbox.insertOne(document);
    document.parts.push('second');

    const found = await outbox.findOne({ _id: 'a' });

    assert.deepEqual(found, { _id: 'a', parts: ['first'], long: 9007199254740991 });
  });

  it('does nothing in the turn of the call', async () => {
    const { outbox, documents } = open();

    const inserting = outbox.insertOne({ _id: 'a' });

    assert.deepEqual(documents(), []);
    await inserting;
    assert.deepEqual(documents(), [{ _id: 'a' }]);
  });

  it('finds the first match without sorting, and null without a match', async () => {
    const { outbox } = open();
    for (const _id of ['b', 'a']) await outbox.insertOne({ _id, state: 'waiting' });

    assert.deepEqual(await outbox.findOne({ state: 'waiting' }), { _id: 'b', state: 'waiting' });
    assert.deepEqual(await outbox.findOne({}, { _id: 1 }), { _id: 'b' });
    assert.equal(await outbox.findOne({ state: 'refused' }), null);
  });

  it('sorts and limits through a cursor', async () => {
    const { outbox } = open();
    for (const _id of [new ObjectId(), 'c', 'a', 'b']) await outbox.insertOne({ _id, state: 'waiting' });

    const oldest = await outbox.find({ state: 'waiting' }).sort({ _id: 1 }).limit(2).toArray();
    const youngest = await outbox.find({}).sort({ _id: -1 }).next();

    assert.deepEqual(
      oldest.map(({ _id }) => _id),
      ['a', 'b'],
    );
    assert(youngest?.['_id'] instanceof ObjectId);
  });

  it('finds by a condition on the _id too', async () => {
    const { outbox } = open();
    for (const _id of ['a', 'b', 'c']) await outbox.insertOne({ _id });

    assert.equal(await outbox.count({ _id: { $gt: 'a' } }), 2);
    assert.equal(await outbox.count({ _id: { $in: ['a', 'a', 'c', 'd'] } }), 2);
    assert.equal(await outbox.count({ _id: { $in: ['a', 'b'], $ne: 'a' } }), 1);
  });

  it('updates one or all, and returns only the count', async () => {
    const { outbox } = open();
    for (const _id of ['a', 'b']) await outbox.insertOne({ _id, state: 'waiting' });

    const one = await outbox.updateOne({ state: 'waiting' }, { $set: { state: 'refused' } });
    const all = await outbox.updateMany({}, { $set: { state: 'refused' } });
    const none = await outbox.updateMany({ state: 'waiting' }, { $set: { state: 'refused' } });

    assert.deepEqual(one, { matchedCount: 1, modifiedCount: 1 });
    assert.partialDeepStrictEqual(all, { matchedCount: 2 });
    assert.deepEqual(none, { matchedCount: 0, modifiedCount: 0 });
  });

  it('upserts only on request, and returns the document before or after', async () => {
    const { outbox, documents } = open();
    const inc = { $inc: { kept: 1 } };

    assert.equal(await outbox.findOneAndUpdate({ _id: 'a' }, inc), null);
    assert.deepEqual(documents(), []);
    assert.equal(await outbox.findOneAndUpdate({ _id: 'a' }, inc, { upsert: true }), null);
    assert.deepEqual(await outbox.findOneAndUpdate({ _id: 'a' }, inc, { returnNewDocument: true }), {
      _id: 'a',
      kept: 2,
    });
    assert.deepEqual(await outbox.findOneAndUpdate({ _id: 'a' }, inc), { _id: 'a', kept: 2 });
    await assert.rejects(async () => await outbox.updateOne({}, inc, { returnDocument: 'after' }), /unknown option/);
  });

  it('deletes one or all, and returns the count', async () => {
    const { outbox } = open();
    for (const _id of ['a', 'b', 'c']) await outbox.insertOne({ _id });

    assert.deepEqual(await outbox.deleteOne({}), { deletedCount: 1 });
    assert.deepEqual(await outbox.deleteMany({}), { deletedCount: 2 });
  });

  it('is separate for each name and database', async () => {
    const database = atlasDatabase();
    await database.collection('one', 'outbox').run('write', (documents) => documents.set('a', new Uint8Array()));

    assert.deepEqual(database.collection('one', 'marks').documents(), []);
    assert.deepEqual(database.collection('two', 'outbox').documents(), []);
  });
});

describe('a collection as a function sees it', () => {
  const outbox = 'const outbox = context.services.get("mongodb-atlas").db("d").collection("outbox");';

  it('compares dates of the function with stored dates', async () => {
    const found = await runBody(`${outbox}
      await outbox.insertOne({ _id: 'a', dueAt: new Date(1000) });
      const at = (ms) => outbox.count({ dueAt: { $lte: new Date(ms) } });
      return [await at(999), await at(1000), await outbox.count({ dueAt: new Date(1000) })];`);

    assert.deepEqual([...Object(found)], [0, 1, 1]);
  });

  it('finds by the ObjectIds that the function makes', async () => {
    const found = await runBody(`${outbox}
      const _id = new BSON.ObjectId();
      await outbox.insertOne({ _id });
      return (await outbox.find({ _id: { $in: [_id] } }).toArray()).length;`);

    assert.equal(found, 1);
  });
});

function open() {
  const database = atlasDatabase();
  const outbox = countedOperations(database, () => undefined)
    .db('d')
    .collection('outbox');
  return { outbox, documents: () => database.collection('d', 'outbox').documents() };
}
