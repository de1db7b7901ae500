// loadCollection and npm run load must make the same document keys: otherwise the lake has a document twice.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Binary, Code, Decimal128, EJSON, Int32, Long, ObjectId } from 'bson';
import { documentKey, snapshotDocuments } from '../../local/load/snapshot-document.ts';
import { dumpDocument } from '../support/load-target.ts';
import { loadWorld } from '../support/load-world.ts';

const id = new ObjectId('573a1390f29313caabcd446f');

const keys: readonly (readonly [shardKey: readonly string[], document: object, members: string])[] = [
  [['region'], { region: 'eu' }, '"region":"eu",'],
  [['region'], { other: 1 }, ''],
  [['region'], { region: null }, '"region":null,'],
  [
    ['owner.id'],
    { owner: { id: Long.fromString('9007199254740993') } },
    '"owner.id":{"$numberLong":"9007199254740993"},',
  ],
  [['owner.id'], { owner: id }, ''],
  [['owner.buffer'], { owner: new Binary(Buffer.from([1]), 0) }, ''],
  [['owner.value'], { owner: new Int32(1) }, ''],
  [['owner.bytes', 'owner.low'], { owner: Decimal128.fromString('1.5') }, ''],
  [['owner.code'], { owner: new Code('x') }, ''],
  [['owner.constructor', 'toString', 'constructor'], { owner: {} }, ''],
  [['toString'], { toString: 'own' }, '"toString":"own",'],
  [['a.length'], { a: ['x'] }, ''],
  [['a.0'], { a: ['x'] }, ''],
  [['a.length', 's.length'], { a: { length: new Int32(1) }, s: 'text' }, '"a.length":{"$numberInt":"1"},'],
  [['at.getTime'], { at: new Date(0) }, ''],
  [
    ['a.b.c', 'a'],
    { a: { b: { c: id } } },
    '"a.b.c":{"$oid":"573a1390f29313caabcd446f"},"a":{"b":{"c":{"$oid":"573a1390f29313caabcd446f"}}},',
  ],
  [['a.b.c'], { a: { b: 'text' } }, ''],
  [['a.b'], { 'a.b': 1, a: { c: 1 } }, ''],
];

describe('the document key of a sharded collection', () => {
  for (const [shardKey, fields, members] of keys)
    it(`has ${members === '' ? 'only `_id`' : members} for ${shardKey} of ${EJSON.stringify(fields)}`, async () => {
      const document = { _id: 'a', ...fields };
      const world = loadWorld();
      world.want({ database: 'shop', collection: 'orders', shardKey });
      await world.put([document]);

      await world.tick();

      const [posted] = world.atlas.receiver.told;
      const [event] = JSON.parse(posted?.body ?? '[]');
      assert.equal(JSON.stringify(event.documentKey), `{${members}"_id":"a"}`);
      const snapshot = { database: 'shop', collection: 'orders', shardKey, seconds: Number(world.state()['t0']) };
      const text = EJSON.stringify(document, { relaxed: false });
      assert.equal(documentKey(snapshotDocuments(snapshot)(dumpDocument(text))), `{${members}"_id":"a"}`);
    });
});
