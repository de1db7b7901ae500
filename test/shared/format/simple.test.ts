import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readWithDuckDb } from '../../support/read-with-duckdb.ts';
import { written } from '../../support/written.ts';

describe('simple', () => {
  it('reads as a person who knows SQL expects', async () => {
    const product = `{"_id":{"$oid":"56e1fc72e0c917e9c4714161"},"price":{"$numberDecimal":"19.90"},"stock":{"$numberLong":"9007199254740993"},
      "weight":{"$numberDouble":"1.0"},"added":{"$date":{"$numberLong":"1356351330501"}},"batch":{"$uuid":"C8EDABC3-f738-4ca3-b68d-ab92a91478a3"},
      "seen":{"$timestamp":{"t":1356351330,"i":2}},"gone":{"$undefined":true}}`;
    const columns = {
      data: `STRUCT(_id VARCHAR, price DECIMAL(10,2), stock BIGINT, weight DOUBLE, added TIMESTAMP, batch UUID, seen STRUCT(t BIGINT), gone VARCHAR)`,
    };
    const select =
      'SELECT data._id, data.price::VARCHAR AS price, data.stock, data.weight, data.added, data.batch::VARCHAR AS batch, data.seen.t, data.gone FROM files';

    const rows = await readWithDuckDb([`{"data":${written(product, 'simple')}}\n`], columns, select);

    assert.deepEqual(rows, [
      {
        _id: '56e1fc72e0c917e9c4714161',
        price: '19.90',
        stock: 9007199254740993n,
        weight: 1,
        added: new Date(1356351330501),
        batch: 'c8edabc3-f738-4ca3-b68d-ab92a91478a3',
        t: 1356351330n,
        gone: null,
      },
    ]);
  });

  it('keeps the digits of bare integers, and spells doubles as in relaxed', () => {
    assert.equal(
      written('[9223372036854775807, 1.0, -0, 1e5, -1]', 'simple'),
      '[9223372036854775807,1.0,-0.0,100000.0,-1]',
    );
  });

  it("keeps the fields of a DBRef, and a user's field with a dollar", () => {
    const sent = '{"$ref":"a","$id":{"$numberInt":"1"},"$db":"d","price":{"$gt":{"$numberLong":"5"}}}';

    assert.equal(written(sent, 'simple'), '{"$ref":"a","$id":1,"$db":"d","price":{"$gt":5}}');
  });

  it('writes long code in pieces, and keeps both halves of a character together', () => {
    for (const units of [65_534, 65_535, 65_536]) {
      const code = `${'a'.repeat(units)}😀\ud83d😀\n${'"'.repeat(70_000)}`;
      assert.equal(written(JSON.stringify({ $code: code }), 'simple'), JSON.stringify(code));
      assert.equal(written(JSON.stringify({ $symbol: code }), 'simple'), JSON.stringify(code));
    }
  });
});
