import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { batchPath } from '../../../shared/events/batch-file.ts';
import { readFileName } from '../../../shared/events/file-name.ts';
import { lakePath } from '../../../shared/events/lake-path.ts';

const naming = { directory: 'raw', layout: 'partitioned', filePrefix: 'change' } as const;
const ms = Date.parse('2026-11-20T10:15:30Z');
const event = { db: 'shop', coll: 'orders', time: { ms, seconds: ms / 1000, increment: 2 }, sequence: '826B' };
const digest = '[0-9a-f]{16}';

describe('readFileName()', () => {
  for (const documentId of [
    undefined,
    '573a1390f29313caabcd4135',
    '573413904293134545454135',
    'c2343422-efe1-4f4c-b755-5bd7cd393228',
  ])
    it(`reads the name of one event (document id ${documentId})`, () => {
      const path = lakePath({ ...event, documentId }, naming);

      const found = readFileName(path);

      assert.deepEqual([found?.ms, found?.events], [ms, 1]);
      assert.match(path, new RegExp(`${found?.digest}\\.json$`));
      assert.match(found?.digest ?? '', new RegExp(`^${digest}$`));
    });

  it('reads the name of a batch', () => {
    const path = batchPath(event, 40, '["826B"]', naming);

    const found = readFileName(path);

    assert.deepEqual([found?.ms, found?.events], [ms, 40]);
    assert(path.endsWith(`-${found?.digest}.jsonl`));
  });

  for (const name of [
    'orders.json',
    'change-1795169730-0000000002.json',
    'change-1795169730-0000000002-8a50404b1988f70f.parquet',
    'change-1795169730-0000000002-someid-8a50404b1988f70f.json',
    'change-1795169730-0000000002-8a50404b1988f70f.jsonl',
  ])
    it(`finds nothing in a foreign name: ${name}`, () => {
      assert.equal(readFileName(name), undefined);
    });
});
