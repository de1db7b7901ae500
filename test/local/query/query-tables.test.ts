// Tables and files read as one: each event counts once, wherever it is.
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { command as query } from '../../../local/commands/query.ts';
import { command as tables } from '../../../local/commands/tables.ts';
import { changeEvents } from '../../support/change-events.ts';
import { performed } from '../../support/commands.ts';
import { storeEvents } from '../../support/lake-story.ts';
import { type TemporaryLake, temporaryLake } from '../../support/lakes.ts';
import { environmentOf, queried } from '../../support/queries.ts';

const { insert, update, replace } = changeEvents;

describe('npm run query over tables', () => {
  for (const files of ['event', 'batch']) {
    it(`reads the rows of a table and the events of ${files} files that it lacks`, async (t) => {
      const lake = await temporaryLake(t);
      t.after(() => rm(`${lake.folder}-tables`, { recursive: true, force: true }));
      await storeEvents(lake, [[insert, update]], { LAKE_FILES: files });
      await compacted(lake);
      await storeEvents(lake, [[update, replace]], { LAKE_FILES: files });

      const rows = await queried(
        environmentOf(lake),
        'select operationType, data, clusterTime, wallTime, date from movies_changes order by sequence',
      );
      const latest = await queried(environmentOf(lake), 'select title, year, views from movies_latest');

      const time = {
        clusterTime: '2026-11-20T10:15:30.000Z',
        wallTime: '2026-11-20T10:15:30.250Z',
        date: '2026-11-20',
      };
      assert.deepEqual(
        rows.map(({ data: _data, ...row }) => row),
        ['insert', 'update', 'replace'].map((operationType) => ({ operationType, ...time })),
      );
      assert.deepEqual(latest, [{ title: 'Heat (1995)', year: 1995, views: null }]);
    });
  }

  it('reads a table without its event files, and infers its columns', async (t) => {
    const lake = await temporaryLake(t);
    t.after(() => rm(`${lake.folder}-tables`, { recursive: true, force: true }));
    await storeEvents(lake, [[insert, update]]);
    await compacted(lake);
    await rm(join(lake.folder, 'sample_mflix'), { recursive: true });

    const latest = await queried(environmentOf(lake), 'select title, views from sample_mflix.movies_latest');
    const [there] = await queried(environmentOf(lake));

    assert.deepEqual(latest, [{ title: 'Heat', views: '9007199254740993' }]);
    assert.deepEqual([there?.['events'], there?.['files']], [2, 1]);
  });

  it('names a table that it cannot read, and shows the other collections', async (t) => {
    const lake = await temporaryLake(t);
    t.after(() => rm(`${lake.folder}-tables`, { recursive: true, force: true }));
    await storeEvents(lake, [[insert, { ...insert, ns: { db: 'crm', coll: 'people' } }]]);
    const log = `${lake.folder}-tables/sample_mflix/movies/_delta_log`;
    await mkdir(log, { recursive: true });
    await writeFile(`${log}/00000000000000000000.json`, '{"protocol":{"minReaderVersion":3,"minWriterVersion":7}}\n');

    const refused = await performed(query, environmentOf(lake), 'select * from movies_latest');
    const there = await performed(query, environmentOf(lake), '--csv');

    assert.equal(refused.code, 1);
    assert.match(refused.output, /^Cannot read sample_mflix\.movies: Cannot use the table/);
    assert.match(there.output, /Cannot read sample_mflix\.movies/);
    assert.match(there.printed, /^crm,people,1,.*\nsample_mflix,movies,,,,$/m);
  });
});

async function compacted(lake: TemporaryLake): Promise<void> {
  const { code, output } = await performed(tables, { ...environmentOf(lake), TABLES: 'delta' }, 'compact');
  assert.equal(code, 0, output);
}

/** TABLES is not set: the query finds the table at its place. */
