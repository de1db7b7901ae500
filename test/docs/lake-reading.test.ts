// Runs the statements of docs/lake.md that can run here, on lakes that the code has written.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DuckDBInstance, type JS } from '@duckdb/node-api';
import { pickDocument } from '../../shared/events/document.ts';
import { envelopeLine } from '../../shared/events/envelope.ts';
import { type Layout, lakePath } from '../../shared/events/lake-path.ts';
import { formats } from '../../shared/format/formats.ts';
import { receive } from '../../shared/http/receive.ts';
import { changeEvents, type EventFields, movies, readEvent, textOf, tokenOf } from '../support/change-events.ts';
import { deliveryOf, now, receiverWith } from '../support/deliveries.ts';
import { type TemporaryLake, temporaryLake } from '../support/lakes.ts';
import { markdownPage } from '../support/markdown.ts';
import { never } from '../support/never.ts';

const { fences } = markdownPage(new URL('../../docs/lake.md', import.meta.url));

const alien = {
  document_key: '{"_id":{"$oid":"573a1390f29313caabcd42e8"}}',
  title: 'Alien',
  views: 9_007_199_254_740_993n,
};
const psycho = { document_key: '{"_id":{"studio":"é","no":1}}', title: 'Psycho', views: null };
const dropped = { document_key: '{"_id":7}', title: 'Dropped', views: null };

describe('docs/lake.md', () => {
  it('names the purpose of each statement', () => {
    const named = fences('sql').map((statement) => /^-- (.*)\n/.exec(statement)?.[1]);

    assert.deepEqual(named, [
      'DuckDB: history',
      'DuckDB: latest state',
      'DuckDB: only what came after the last drop or rename',
      'DuckDB: one month',
      'DuckDB: each event once',
      'DuckDB: history, flat',
    ]);
  });

  for (const { layout, history } of [
    { layout: 'partitioned', history: 'DuckDB: history' },
    { layout: 'flat', history: 'DuckDB: history, flat' },
  ] as const) {
    describe(`in a lake that is ${layout}`, () => {
      it('reads the latest state of every document, by the value of its key', async (t) => {
        const lake = await filledLake(t, layout);

        const rows = await ask(lake, statement(history), statement('DuckDB: latest state'));

        assert.deepEqual(rows, [dropped, psycho, alien].sort(byKey));
      });

      it('leaves out the documents from before a drop', async (t) => {
        const lake = await filledLake(t, layout);
        const condition = statement('DuckDB: only what came after the last drop or rename');
        const latest = statement('DuckDB: latest state').replace('QUALIFY', `${condition}QUALIFY`);

        const rows = await ask(lake, statement(history), latest);

        assert.deepEqual(rows, [psycho, alien].sort(byKey));
      });
    });
  }

  it('reads batch files and event files alike, and counts an event in two files once', async (t) => {
    const lake = await temporaryLake(t);
    // The film that is dropped has the token of one of the fixtures.
    const fixtures = Object.values(changeEvents).filter(
      ({ operationType }) => operationType !== 'refineCollectionShardKey',
    );
    const events = [...fixtures.map(textOf), ...filmEvents()];
    const receiver = receiverWith(lake, { LAKE_FILES: 'batch' });
    for (const cut of [events.slice(0, 9), events.slice(9), events.slice(5, 20)])
      await receive(deliveryOf(`[${cut.join()}]`), receiver, now);
    const count = 'SELECT count(*) AS lines, count(DISTINCT sequence) AS events FROM';

    const latest = await ask(lake, statement('DuckDB: history'), statement('DuckDB: latest state'));
    const [all] = await ask(lake, statement('DuckDB: history'), `${count} movie_changes`);
    const [once] = await ask(
      lake,
      statement('DuckDB: history'),
      statement('DuckDB: each event once'),
      `${count} movie_events`,
    );

    assert.deepEqual(latest, [dropped, psycho, alien].sort(byKey));
    assert(Number(all?.['lines']) > Number(all?.['events']));
    assert.deepEqual(once, { lines: all?.['events'], events: all?.['events'] });
  });

  it('reads the changes of one month in their order, and no folder of another month', async (t) => {
    const lake = await filledLake(t, 'partitioned');
    const elsewhere = 'sample_mflix/movies/year=2025/month=11/day=20/hour=10/unreadable.json';
    await lake.create(elsewhere, Buffer.from('unreadable\n'), 'application/json', never);
    const month = statement('DuckDB: one month');

    const rows = await ask(lake, statement('DuckDB: history'), month);
    const earlier = await ask(lake, statement('DuckDB: history'), month.replace('= 11', '= 10'));

    const sequences = rows.map(({ sequence }) => sequence);
    assert.deepEqual(sequences, [...sequences].sort());
    assert.deepEqual(rows[0], {
      sequence: tokenOf(1),
      clusterTime: new Date('2026-11-20T10:15:30Z'),
      operationType: 'insert',
      year_of_film: '1995',
    });
    assert.deepEqual(earlier, []);
  });

  it('makes one text of keys that are spelled differently', async (t) => {
    const lake = await temporaryLake(t);

    const rows = await ask(
      lake,
      String.raw`SELECT a = b AS bytes, json(a) = json(b) AS value
      FROM (VALUES ('{"_id":{"\u00e9":"a\/b"}}'::JSON, '{"_id":{"é":"a/b"}}'::JSON)) AS keys(a, b)`,
    );

    assert.deepEqual(rows, [{ bytes: false, value: true }]);
  });
});

/** DuckDB's answer to the last statement. */
async function ask(lake: TemporaryLake, ...statements: string[]): Promise<Record<string, JS>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const folder = `'${lake.folder.replaceAll('\\', '/')}/`;
    let rows: Record<string, JS>[] = [];
    for (const sql of statements) {
      rows = (await connection.runAndReadAll(sql.replace("'lake/", folder))).getRowObjectsJS();
    }
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function statement(name: string): string {
  return fences('sql').find((sql) => sql.startsWith(`-- ${name}\n`)) ?? assert.fail(`there is no statement "${name}"`);
}

function byKey(a: { document_key: string }, b: { document_key: string }): number {
  return Buffer.compare(Buffer.from(a.document_key), Buffer.from(b.document_key));
}

async function filledLake(t: Parameters<typeof temporaryLake>[0], layout: Layout): Promise<TemporaryLake> {
  const lake = await temporaryLake(t);
  for (const text of [...Object.values(changeEvents).map(textOf), ...filmEvents()]) {
    const event = readEvent(text);
    const path = lakePath(event, { directory: '', layout, filePrefix: 'change' });
    await lake.create(path, envelopeLine(event, pickDocument(event), formats.relaxed), 'application/json', never);
    // An empty file beside each file, as a writer with LAKE_API=dfs may leave it.
    await writeFile(join(lake.folder, path.replace('.json', '-empty.json')), '');
  }
  return lake;
}

/**
 * More films. The last event deletes the film of the fixtures. Later events come first, so only `sequence` has the
 * order.
 */
function filmEvents(): Uint8Array[] {
  const id = { _id: { $oid: '573a1390f29313caabcd42e8' } };
  const views = { $numberLong: '9007199254740993' };
  return [
    film('update', 18, { ...id, title: 'Alien', views }),
    film('insert', 17, { ...id, title: 'Alein' }),
    film('insert', 11, { _id: 7, title: 'Dropped' }), // the collection of the fixtures is dropped at 13
    film('insert', 19, { ...id, title: 'Alien, the series' }, { ...movies, coll: 'series' }),
    film('update', 21, { _id: { studio: 'é', no: 1 }, title: 'Psycho' }),
    escaped(film('insert', 20, { _id: { studio: 'é', no: 1 }, title: 'Psyco' })),
    film('delete', 23, { _id: 'Amélie' }),
    escaped(film('insert', 22, { _id: 'Amélie', title: 'Amélie' })),
  ];
}

function film(
  type: 'insert' | 'update' | 'delete',
  increment: number,
  document: EventFields,
  ns: EventFields = movies,
): Uint8Array {
  const documentKey = { _id: document['_id'] };
  const carried = type === 'delete' ? { fullDocumentBeforeChange: document } : { fullDocument: document };
  return textOf({ ...changeEvents[type], _id: { _data: tokenOf(increment) }, ns, documentKey, ...carried });
}

/** The same values in the spelling of another sender. */
function escaped(text: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(text).toString().replaceAll('é', String.raw`\u00e9`));
}
