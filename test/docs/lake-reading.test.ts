// The statements of docs/lake.md that can be run here, against a lake that the code has written.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { pickDocument } from '../../shared/document.ts';
import { envelopeLine } from '../../shared/envelope.ts';
import { formats } from '../../shared/format/formats.ts';
import { lakePath } from '../../shared/lake-path.ts';
import { changeEvents, type EventFields, eventOf, tokenOf } from '../support/change-events.ts';
import { temporaryLake } from '../support/lakes.ts';
import { markdownPage } from '../support/markdown.ts';

const { fences } = markdownPage(new URL('../../docs/lake.md', import.meta.url));

describe('docs/lake.md', () => {
  it('reads the latest state of every document with DuckDB', async (t) => {
    const lake = await temporaryLake(t);
    for (const fields of [...Object.values(changeEvents), ...filmEvents()]) {
      const event = eventOf(fields);
      const path = lakePath(event, { directory: '', layout: 'partitioned', filePrefix: 'change' });
      await lake.create(path, envelopeLine(event, pickDocument(event), formats.relaxed), AbortSignal.timeout(10_000));
    }
    const [statement = ''] = fences('sql');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();

    const reader = await connection.runAndReadAll(
      statement.replace("'lake/", `'${lake.folder.replaceAll('\\', '/')}/`),
    );

    assert.deepEqual(reader.getRowObjects(), [
      { id: '573a1390f29313caabcd42e8', title: 'Alien', views: 9_007_199_254_740_993n },
    ]);
    connection.closeSync();
  });
});

/** A film beside the one of the fixtures, which is deleted in the end. The update comes first: `sequence` has to tell. */
function filmEvents(): EventFields[] {
  const id = { _id: { $oid: '573a1390f29313caabcd42e8' } };
  const insert = { ...changeEvents.insert, documentKey: id, fullDocument: { ...id, title: 'Alein' } };
  const views = { $numberLong: '9007199254740993' };
  const update = { ...changeEvents.update, documentKey: id, fullDocument: { ...id, title: 'Alien', views } };
  return [
    { ...update, _id: { _data: tokenOf(18) } },
    { ...insert, _id: { _data: tokenOf(17) } },
  ];
}
