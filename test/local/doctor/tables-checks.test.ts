import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { command as tables } from '../../../local/commands/tables.ts';
import type { Check } from '../../../local/doctor/check.ts';
import { placesOf } from '../../../local/doctor/places.ts';
import { checkTables } from '../../../local/doctor/storage/tables-checks.ts';
import { performed } from '../../support/commands.ts';
import { settingsWith } from '../../support/deliveries.ts';
import { eventFile, insertEvent } from '../../support/lake-events.ts';
import { temporaryFolder } from '../../support/lakes.ts';

describe('checkTables()', () => {
  it('makes no check if TABLES is off', async (t) => {
    const environment = await lakeWith(t, [0]);

    assert.deepEqual(await checksOf({ ...environment, TABLES: 'off' }), []);
  });

  it('is ok if every table keeps up', async (t) => {
    const environment = await lakeWith(t, [0, 7_200]);
    await performed(tables, environment, 'compact');

    const checks = await checksOf(environment);

    assert.deepEqual(
      checks.map(({ outcome }) => outcome),
      ['ok', 'ok', 'ok'],
    );
  });

  it('names the table that is behind, by how much, and how to start a run', async (t) => {
    const environment = await lakeWith(t, [0, 14_400]);
    await performed(tables, environment, 'compact', '--to', '2026-11-20T11');

    const [, , timer] = await checksOf(environment);

    assert.equal(timer?.outcome, 'failed');
    assert.match(
      timer?.told ?? '',
      /at most 180 minutes behind the lake: 1 of \d are not, such as shop\.orders: 240 minutes/,
    );
    assert.match(timer?.fix ?? '', /admin\/functions\/compact/);
  });

  it('names a table that is not ours', async (t) => {
    const environment = await lakeWith(t, [0]);
    const log = join(environment.folder, 'lake-tables/shop/orders/_delta_log/00000000000000000000.json');
    await mkdir(dirname(log), { recursive: true });
    await writeFile(log, '{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}\n');

    const [, found] = await checksOf(environment);

    assert.equal(found?.outcome, 'failed');
    assert.match(found?.told ?? '', /1 of 1 cannot be used, such as shop\.orders: Cannot use the table/);
  });
});

async function lakeWith(t: TestContext, seconds: readonly number[]) {
  const folder = await temporaryFolder(t);
  for (const second of seconds) {
    const { path, content } = eventFile(insertEvent({ second }), { directory: 'lake' });
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return { folder, LAKE_URL: `file:${join(folder, 'lake')}`, TABLES: 'delta' };
}

async function checksOf(environment: Record<string, string>): Promise<Check[]> {
  const settings = settingsWith(environment);
  return await Array.fromAsync(checkTables(settings, placesOf(settings.lake.location, undefined)));
}
