import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DocumentFormat } from '../../../shared/format/formats.ts';
import { corpus } from '../../support/bson-corpus.ts';
import type { CorpusValue } from '../../support/corpus-value.ts';
import { readWithDuckDb } from '../../support/read-with-duckdb.ts';
import { documentFormats, written } from '../../support/written.ts';

const isInteger = ({ canonical }: CorpusValue): boolean => /^\{"\$number(?:Int|Long)"/.test(canonical);
const isDouble = ({ canonical }: CorpusValue): boolean => /^\{"\$numberDouble"/.test(canonical);
const isDecimal = ({ canonical }: CorpusValue): boolean => /^\{"\$numberDecimal"/.test(canonical);
const isDateOfFourDigits = ({ simple }: CorpusValue): boolean => /^"\d{4}-\d{2}-\d{2}T/.test(simple);

describe('DuckDB, reading text of writeValue()', () => {
  for (const format of documentFormats) {
    it(`finds every value of the corpus in ${format}`, async () => {
      const rows = await readWithDuckDb(corpus.map(lineIn(format)), { name: 'VARCHAR', v: 'JSON' });

      const found = rows.map(({ name, v }) => [name, JSON.parse(String(v ?? 'null'))]);
      assert.deepEqual(
        found,
        corpus.map((value) => [value.name, JSON.parse(value[format])]),
      );
    });

    it(`finds every digit of an integer in ${format}`, async () => {
      const integers = corpus.filter(isInteger);
      const cast = `SELECT CAST(COALESCE(v->>'$."$numberInt"', v->>'$."$numberLong"', v::VARCHAR) AS BIGINT) AS n FROM files`;

      const rows = await readWithDuckDb(integers.map(lineIn(format)), { v: 'JSON' }, cast);

      assert.deepEqual(
        rows.map(({ n }) => n),
        integers.map(({ relaxed }) => BigInt(relaxed)),
      );
    });

    it(`finds every double in ${format}, whole numbers too`, async () => {
      const doubles = corpus.filter(isDouble);
      const cast = `SELECT CAST(COALESCE(v->>'$."$numberDouble"', v->>'$') AS DOUBLE) AS n FROM files`;

      const rows = await readWithDuckDb(doubles.map(lineIn(format)), { v: 'JSON' }, cast);

      assert.deepEqual(
        rows.map(({ n }) => n),
        doubles.map(({ simple }) => Number(simple.replaceAll('"', ''))),
      );
    });

    it(`finds decimals as text in ${format}`, async () => {
      const decimals = corpus.filter(isDecimal);
      const select = `SELECT COALESCE(v->>'$."$numberDecimal"', v->>'$') AS text FROM files`;

      const rows = await readWithDuckDb(decimals.map(lineIn(format)), { v: 'JSON' }, select);

      assert.deepEqual(
        rows.map(({ text }) => text),
        decimals.map(({ simple }) => JSON.parse(simple)),
      );
    });
  }

  it('finds 64-bit integers in a column of that type, without a cast', async () => {
    const integers = corpus.filter(isInteger);

    for (const format of ['relaxed', 'simple'] as const) {
      const rows = await readWithDuckDb(integers.map(lineIn(format)), { v: 'BIGINT' });

      assert.deepEqual(
        rows.map(({ v }) => v),
        integers.map(({ relaxed }) => BigInt(relaxed)),
      );
    }
  });

  it('finds dates in a column of that type, in `simple` without a cast', async () => {
    const dates = corpus.filter(isDateOfFourDigits);

    const rows = await readWithDuckDb(dates.map(lineIn('simple')), { v: 'TIMESTAMP' });

    assert.deepEqual(
      rows.map(({ v }) => v),
      dates.map(({ bson }) => bson),
    );
  });

  it('finds dates of the years 1970 to 9999 in `relaxed` as text', async () => {
    const dates = corpus.filter(({ relaxed }) => relaxed.startsWith('{"$date":"'));

    const rows = await readWithDuckDb(dates.map(lineIn('relaxed')), { v: 'STRUCT("$date" TIMESTAMP)' });

    assert.deepEqual(
      rows.map(({ v }) => v),
      dates.map(({ bson }) => ({ $date: bson })),
    );
  });

  it('finds strings as they are', async () => {
    const strings = corpus.filter(({ canonical }) => canonical.startsWith('"'));

    const rows = await readWithDuckDb(strings.map(lineIn('simple')), { v: 'VARCHAR' });

    assert.ok(strings.length > 0);
    assert.deepEqual(
      rows.map(({ v }) => v),
      strings.map(({ bson }) => bson),
    );
  });
});

function lineIn(format: DocumentFormat): (value: CorpusValue) => string {
  return ({ name, canonical }) => `{"name":${JSON.stringify(name)},"v":${written(canonical, format)}}\n`;
}
