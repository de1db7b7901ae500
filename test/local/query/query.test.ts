import assert from 'node:assert/strict';
import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { command } from '../../../local/commands/query.ts';
import { changeEvents, type EventFields, insertOf } from '../../support/change-events.ts';
import { type Performed, performed } from '../../support/commands.ts';
import { storeEvents, toldEvent } from '../../support/lake-story.ts';
import type { TemporaryLake } from '../../support/lakes.ts';
import { never } from '../../support/never.ts';
import { asked, environmentOf, lakeOf } from '../../support/queries.ts';

const { insert, update, replace, drop } = changeEvents;

describe('npm run query', () => {
  it('shows the newest state of each document, with a typed column for each field', async (t) => {
    const lake = await lakeOf(t, [insert, update]);

    const rows = await asked(lake, 'select * from movies_latest');

    assert.deepEqual(rows, [
      {
        _key: '{"_id":{"$oid":"573a1390f29313caabcd4135"}}',
        _sequence: update._id._data,
        _clusterTime: '2026-11-20T10:15:30.000Z',
        _data: '{"_id":{"$oid":"573a1390f29313caabcd4135"},"title":"Heat","year":1995,"views":9007199254740993}',
        _id: '573a1390f29313caabcd4135',
        title: 'Heat',
        year: 1995,
        views: '9007199254740993',
      },
    ]);
  });

  it('counts an event once that is in an event file and in two batch files', async (t) => {
    const lake = await lakeOf(t, [insert, update]);
    await storeEvents(
      lake,
      [
        [insert, update],
        [update, replace],
      ],
      { LAKE_FILES: 'batch' },
    );

    const rows = await asked(lake, 'select operationType from movies_changes order by sequence');

    assert.deepEqual(rows, [{ operationType: 'insert' }, { operationType: 'update' }, { operationType: 'replace' }]);
  });

  it('reads a lake with the flat layout', async (t) => {
    const flat = { LAKE_LAYOUT: 'flat' };
    const lake = await lakeOf(t, [insert, other('crm', 'people', 1)], flat);

    const rows = await asked(lake, 'select title from sample_mflix.movies_latest', flat);
    const people = await asked(lake, 'select _id, name from people_latest', flat);

    assert.deepEqual(rows, [{ title: 'Heat' }]);
    assert.deepEqual(people, [{ _id: 1, name: 'Ada' }]);
  });

  it('reads folders and the flat layout as one collection, because the layout of a lake can change', async (t) => {
    const flat = { LAKE_LAYOUT: 'flat' };
    const lake = await lakeOf(t, [insert]);
    await storeEvents(lake, [[update, other('crm', 'people', 1)]], flat);

    const rows = await asked(lake, 'select operationType from movies_changes order by sequence', flat);
    const collections = await query(lake, ['--csv'], flat);

    assert.deepEqual(rows, [{ operationType: 'insert' }, { operationType: 'update' }]);
    assert.match(collections.printed, /^database,.*\ncrm,people,1,.*\nsample_mflix,movies,2,.*\n$/);
  });

  it('reads files from before the change to folders, and no file that the receiver did not write', async (t) => {
    const lake = await lakeOf(t, [insert, other('crm', 'people', 1)], { LAKE_LAYOUT: 'flat' });
    await storeEvents(lake, [[update]]);
    const line = `${JSON.stringify({ operationType: 'insert', ns: { db: 'shop', coll: 'notes' }, sequence: '82' })}\n`;
    await writeFile(join(lake.folder, 'notes.json'), line);

    const rows = await asked(lake, 'select operationType from movies_changes order by sequence');
    const collections = await query(lake, ['--csv']);

    assert.deepEqual(rows, [{ operationType: 'insert' }, { operationType: 'update' }]);
    assert.match(collections.printed, /^database,.*\ncrm,people,1,.*\nsample_mflix,movies,2,.*\n$/);
  });

  it('reads only the files of the asked hours in the flat layout', async (t) => {
    const flat = { LAKE_LAYOUT: 'flat' };
    const lake = await lakeOf(t, [insert], flat);
    await storeEvents(lake, [[other('crm', 'people', 1)]], { ...flat, LAKE_FILES: 'batch' });
    const [hour, next] = ['2026-11-20T10', '2026-11-20T11'];

    const overviews = [
      await query(lake, ['--csv', '--from', hour, '--to', next], flat),
      await query(lake, ['--csv', '--from', next], flat),
      await query(lake, ['--csv', '--to', hour], flat),
    ].map(({ printed }) => printed.trim().split('\n').length - 1);

    assert.deepEqual(overviews, [2, 0, 0]);
  });

  it('accepts a bare name that one database has, and names both databases if two have it', async (t) => {
    const lake = await lakeOf(t, [other('crm', 'people', 1), other('shop', 'people', 2), insert]);

    const bare = await asked(lake, 'select title from movies_latest');
    const full = await asked(lake, 'select _id from shop.people_latest');
    const ambiguous = await query(lake, ['select * from people_latest']);

    assert.deepEqual([bare, full], [[{ title: 'Heat' }], [{ _id: 2 }]]);
    assert.equal(ambiguous.code, 1);
    assert.equal(
      ambiguous.output,
      'Cannot tell which "people_latest": several databases have it: say crm.people_latest or shop.people_latest\n',
    );
  });

  it('gives names that DuckDB takes for the same a number, and keeps its own columns', async (t) => {
    const lake = await lakeOf(t, [
      insertOf({ _id: 1, Title: 'a', title: 'b', TITLE: 'c', _key: 'd', _DATA: 'e', '': 'f' }),
    ]);

    const [row] = await asked(lake, 'select * exclude (_key, _sequence, _clusterTime, _data) from movies_latest');

    assert.deepEqual(row, { _id: 1, Title: 'a', title_2: 'b', TITLE_3: 'c', _key_2: 'd', _DATA_2: 'e', _: 'f' });
  });

  it('reads databases and collections with unusual names', async (t) => {
    const long = 'x'.repeat(120);
    const lake = await lakeOf(t, [other('My Shop', 'a"b/c', 1), other('main', long, 2)]);

    const quoted = await asked(lake, 'select name from "My Shop"."a""b/c_latest"');
    const cut = await asked(lake, `select name from main.${long}_latest`);

    assert.deepEqual([quoted, cut], [[{ name: 'Ada' }], [{ name: 'Ada' }]]);
  });

  it('lists the collections if there is no SQL', async (t) => {
    const lake = await lakeOf(t, [insert, update, other('crm', 'people', 1)]);

    const table = await query(lake, []);
    const json = await query(lake, ['--json']);

    assert.match(table.printed, /sample_mflix\s+movies\s+2\s+2026-11-20T10:15:30\.000Z/);
    assert.deepEqual(
      JSON.parse(json.printed).map(({ database, collection, events, newest }: Record<string, unknown>) => [
        database,
        collection,
        events,
        newest,
      ]),
      [
        ['crm', 'people', 1, '2026-11-20T10:15:31.000Z'],
        ['sample_mflix', 'movies', 2, '2026-11-20T10:15:30.000Z'],
      ],
    );
  });

  it('shows the messages of DuckDB', async (t) => {
    const lake = await lakeOf(t, [insert]);

    const unknown = await query(lake, ['select nothing from movies_latest']);
    const late = await query(lake, ['select cast(title as int) from movies_latest', '--json']);

    assert.deepEqual([unknown.code, late.code], [1, 1]);
    assert.match(unknown.output, /Binder Error: Referenced column "nothing" not found/);
    assert.match(late.output, /Conversion Error: Could not convert string 'Heat' to INT32/);
  });

  it('reads only the events of the given hours', async (t) => {
    const lake = await lakeOf(t, [insert, other('sample_mflix', 'movies', 7, 3600)]);

    const first = await asked(lake, 'select title from movies_latest', {}, '--to', '2026-11-20T11');
    const second = await asked(lake, 'select name from movies_latest', {}, '--from', '2026-11-20T11');

    assert.deepEqual([first, second], [[{ title: 'Heat' }], [{ name: 'Ada' }]]);
  });

  it('skips a line that is not an event, and says so', async (t) => {
    const lake = await lakeOf(t, [insert]);
    const path = 'sample_mflix/movies/year=2026/month=11/day=20/hour=10/foreign.json';
    await lake.create(path, Buffer.from('{"half":\n\n'), 'application/json', never);
    await lake.create('~refused/hub/0/1.refused', Buffer.from('{}\n'), 'application/json', never);

    const { output } = await query(lake, ['select title from movies_latest', '--csv']);

    assert.equal(output, 'Left out 1 line of sample_mflix.movies that is no change event\ntitle\nHeat\n');
  });

  it('says that it leaves out lines outside of folders, also of a file that no collection has', async (t) => {
    const flat = { LAKE_LAYOUT: 'flat' };
    const lake = await lakeOf(t, [insert], flat);
    const [whole = ''] = (await readdir(lake.folder)).filter((name) => name.endsWith('.json'));
    await appendFile(join(lake.folder, whole), '{"half":\n');
    const receivers = 'change-1795169730-0000000001-8a50404b1988f70f.json';
    for (const name of [receivers, 'notes.json']) await writeFile(join(lake.folder, name), '{"half":\n{\n');

    const before = await query(lake, ['select title from movies_latest', '--csv'], flat);
    await storeEvents(lake, [[other('crm', 'people', 1)]]);
    const beside = await query(lake, ['select title from movies_latest', '--csv']);

    const output = (lines: number) =>
      `Left out ${lines} lines of files outside of folders that are no change events
Left out 1 line of sample_mflix.movies that is no change event
title\nHeat\n`;
    assert.deepEqual([before.output, beside.output], [output(4), output(2)]);
  });

  it('has no rows of documents from before a drop', async (t) => {
    const lake = await lakeOf(t, [insert, drop]);

    assert.deepEqual(await asked(lake, 'select * from movies_latest'), []);
    assert.deepEqual(await asked(lake, 'select _valid_to, _is_current from movies_history'), [
      { _valid_to: '2026-11-20T10:15:30.000Z', _is_current: false },
    ]);
  });

  it('names each wrong option and argument', async (t) => {
    const lake = await lakeOf(t, []);
    const outputs = [];
    for (const args of [
      ['--json', '--csv'],
      ['select', '1'],
      ['--from', 'May'],
      ['--sample', '0'],
    ])
      outputs.push((await query(lake, args)).output);

    assert.deepEqual(outputs, [
      'Cannot query: the output must be --json or --csv: both are given\n',
      'Cannot query: the SQL must be one argument, in quotes: there are 2\n',
      'Cannot query: --from must be a day or an hour in UTC, such as 2026-11-20 or 2026-11-20T10: it is "May"\n',
      'Cannot query: --sample must be a whole number from 1 to 1000000: it is "0"\n',
    ]);
  });
});

function other(db: string, coll: string, id: number, second = 1): EventFields {
  return toldEvent({ operationType: 'insert', db, coll, id, fields: { name: 'Ada' }, second, increment: id });
}

async function query(lake: TemporaryLake, args: string[], environment = {}): Promise<Performed> {
  return await performed(command, { ...environmentOf(lake), ...environment }, ...args);
}
