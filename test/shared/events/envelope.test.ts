import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeEvents, heat, tokenOf, withField, withoutField } from '../../support/change-events.ts';
import { readWithDuckDb } from '../../support/read-with-duckdb.ts';
import { documentFormats, lineOf, lineText } from '../../support/written.ts';

const { insert, update } = changeEvents;

describe('envelopeLine()', () => {
  it("has the fields of the contract first, then the event's others in their order", () => {
    const sent = { zebra: 1, ...update, splitEvent: { fragment: 1, of: 2 }, alpha: null };

    assert.deepEqual(Object.keys(lineOf(sent)), [
      'operationType',
      'data',
      'documentKey',
      'ns',
      'clusterTime',
      'sequence',
      'zebra',
      'wallTime',
      'updateDescription',
      'splitEvent',
      'alpha',
    ]);
  });

  it('is one line, with any white space in the event', () => {
    const compact = lineText(JSON.stringify(update));

    assert.equal(lineText(JSON.stringify(update, null, '\t')), compact);
    assert.equal(compact.indexOf('\n'), compact.length - 1);
  });

  it('writes operation type, time and sequence as plain text in each format', () => {
    for (const format of documentFormats) {
      const { operationType, clusterTime, sequence } = lineOf(insert, format);

      assert.deepEqual(
        { operationType, clusterTime, sequence },
        { operationType: 'insert', clusterTime: '2026-11-20T10:15:30.000Z', sequence: tokenOf(1) },
      );
    }
  });

  it('uses `wallTime` for an event without a cluster time', () => {
    const { clusterTime, wallTime } = lineOf(withoutField(insert, 'clusterTime'), 'relaxed');

    assert.deepEqual(
      { clusterTime, wallTime },
      { clusterTime: '2026-11-20T10:15:30.250Z', wallTime: { $date: '2026-11-20T10:15:30.250Z' } },
    );
  });

  it('writes every other value in the format that is set', () => {
    const sent = {
      ...update,
      fullDocument: { n: { $numberLong: '9007199254740993' } },
      updateDescription: { updatedFields: { n: { $numberInt: '1' } } },
    };
    const [relaxed, canonical, simple] = documentFormats.map((format) => lineText(JSON.stringify(sent), format));

    assert.match(
      relaxed ?? '',
      /"data":\{"n":9007199254740993\},"documentKey":\{"_id":\{"\$oid":"\w+"\}\}.*"wallTime":\{"\$date":"[^"]+"\},"updateDescription":\{"updatedFields":\{"n":1\}\}\}\n$/,
    );
    assert.match(
      canonical ?? '',
      /"data":\{"n":\{"\$numberLong":"9007199254740993"\}\}.*"wallTime":\{"\$date":\{"\$numberLong":"\d+"\}\},.*\{"n":\{"\$numberInt":"1"\}\}/,
    );
    assert.match(
      simple ?? '',
      /"data":\{"n":9007199254740993\},"documentKey":\{"_id":"\w+"\}.*"wallTime":"2026-11-20T10:15:30.250Z",.*\{"n":1\}/,
    );
  });

  it('has only the picked document, and only once', () => {
    for (const [sent, data] of [
      [changeEvents.delete, heat],
      [withoutField(changeEvents.delete, 'fullDocumentBeforeChange'), null],
      [withField(update, 'fullDocument', null), null],
      [withoutField(update, 'fullDocument'), null],
      [changeEvents.drop, null],
      [withField(insert, 'fullDocumentBeforeChange', { title: 'before' }), heat],
      [withField(withoutField(update, 'fullDocument'), 'fullDocumentBeforeChange', heat), null],
    ] as const) {
      const line = lineOf(sent, 'canonical');

      assert.deepEqual(line['data'], data);
      for (const name of ['_id', 'fullDocument', 'fullDocumentBeforeChange']) assert.ok(!(name in line));
    }
  });

  it('can be read by DuckDB for every operation type', async () => {
    const events = Object.values(changeEvents);
    const columns = {
      operationType: 'VARCHAR',
      data: 'JSON',
      ns: 'STRUCT(db VARCHAR, coll VARCHAR)',
      clusterTime: 'TIMESTAMP',
      sequence: 'VARCHAR',
    };

    const rows = await readWithDuckDb(
      events.map((event) => lineText(JSON.stringify(event), 'simple')),
      columns,
    );

    const clusterTime = new Date('2026-11-20T10:15:30Z');
    assert.deepEqual(
      rows.map(({ operationType, sequence }) => [operationType, sequence]),
      events.map(({ operationType, _id }) => [operationType, _id._data]),
    );
    assert.ok(
      rows.every((row) => row['clusterTime'] instanceof Date && row['clusterTime'].getTime() === clusterTime.getTime()),
    );
  });
});
