import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents, eventOf, readEvent, textOf, withField } from '../../support/change-events.ts';

const hex = '573a1390f29313caabcd4135';
const uuid = 'c2343422-efe1-4f4c-b755-5bd7cd393228';
const uuidBase64 = 'wjQ0Iu/hT0y3VVvXzTkyKA==';

describe('readChangeEvent(), the id of the document', () => {
  const spellings: [id: unknown, documentId: string][] = [
    [{ $oid: hex }, hex],
    [{ $oid: hex.toUpperCase() }, hex],
    [{ $oid: '573A1390f29313caABCD4135' }, hex],
    [{ $uuid: uuid }, uuid],
    [{ $uuid: uuid.toUpperCase() }, uuid],
    [{ $binary: { base64: uuidBase64, subType: '04' } }, uuid],
    [{ $binary: { base64: uuidBase64, subType: '4' } }, uuid],
    [{ $binary: { subType: '04', base64: uuidBase64 } }, uuid],
  ];
  for (const [id, documentId] of spellings) {
    it(`is ${documentId} if _id is ${JSON.stringify(id)}`, () => {
      const event = eventOf(withField(changeEvents.insert, 'documentKey', { _id: id }));

      assert.equal(event.documentId, documentId);
    });
  }

  it('is found after a shard key, with any spaces, under an escaped key', () => {
    const text = Buffer.from(textOf(changeEvents.insert)).toString();
    const respelled = text.replace(
      `"documentKey":{"_id":{"$oid":"${hex}"}}`,
      `"documentKey" : { "year" : 1995 , "_\\u0069d" :\n{ "\\u0024oid" : "${hex}" } }`,
    );

    const event = readEvent(Buffer.from(respelled));

    assert.notEqual(respelled, text);
    assert.equal(event.documentId, hex);
  });

  const others: unknown[] = [
    'SKU-1',
    '',
    hex,
    5,
    1.5,
    null,
    true,
    [],
    [{ $oid: hex }],
    {},
    { a: { $oid: hex } },
    { a: 1, $oid: hex },
    { $oid: hex, a: 1 },
    { $oid: 'abc' },
    { $oid: `${hex}00` },
    { $oid: { $oid: hex } },
    { $oid: '../../../other/place.txt' },
    { $uuid: uuid.replaceAll('-', '') },
    { $uuid: `../${uuid}` },
    { $binary: { base64: uuidBase64, subType: '03' } },
    { $binary: { base64: uuidBase64, subType: '00' } },
    { $binary: { base64: 'AAAA', subType: '04' } },
    { $binary: uuidBase64, $type: '04' },
    { $numberInt: '5' },
    { $numberLong: '9007199254740993' },
    { $numberDouble: 'NaN' },
    { $numberDecimal: '1.10' },
    { $date: { $numberLong: '0' } },
    { $date: '2026-11-20T10:15:30Z' },
    { $timestamp: { t: 1, i: 1 } },
    { $regularExpression: { pattern: 'a', options: '' } },
    { $code: 'x' },
    { $code: 'x', $scope: {} },
    { $symbol: 'x' },
    { $dbPointer: { $ref: 'a', $id: { $oid: hex } } },
    { $undefined: true },
    { $minKey: 1 },
    { $maxKey: 1 },
  ];
  for (const id of others) {
    it(`is absent if _id is ${JSON.stringify(id)}`, () => {
      const event = eventOf(withField(changeEvents.insert, 'documentKey', { _id: id }));

      assert.equal(event.documentId, undefined);
    });
  }

  for (const documentKey of [undefined, null, 'text', [], {}, { id: { $oid: hex } }]) {
    it(`is absent if documentKey is ${JSON.stringify(documentKey)}`, () => {
      const event = eventOf(withField(changeEvents.insert, 'documentKey', documentKey));

      assert.equal(event.documentId, undefined);
    });
  }
});
