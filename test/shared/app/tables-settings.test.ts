import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { readSettings } from '../../../shared/app/settings.ts';
import { tablesTimer } from '../../../shared/app/tables-timer.ts';

const azure = { LAKE_URL: 'abfss://lake@account.dfs.core.windows.net/from/atlas' };
const key = Buffer.alloc(64, 'k').toString('base64');

describe('the settings of tables', () => {
  it('put tables beside the lake, for every kind of address', () => {
    const folders = ['file:./lake', 'file:./lake/'].map((LAKE_URL) => locationWith({ LAKE_URL }));
    const inAzure = locationWith(azure);

    assert.deepEqual(folders, Array(2).fill({ kind: 'folder', folder: './lake-tables' }));
    assert.partialDeepStrictEqual(inAzure, { kind: 'azure', container: 'lake', directory: 'from/atlas-tables' });
  });

  it('put tables beside the lake, also for a folder such as "." or ".."', () => {
    const folders = ['file:.', 'file:./', 'file:./lake/.', 'file:..'].map((LAKE_URL) => locationWith({ LAKE_URL }));

    assert.deepEqual(
      folders,
      ['.', '.', './lake', '..'].map((lake) => ({ kind: 'folder', folder: `${resolve(lake)}-tables` })),
    );
    assert.equal(locationWith({ LAKE_URL: 'file:///' }), undefined);
    assert.match(
      problemsWith({ LAKE_URL: 'file:///', TABLES: 'delta' }),
      /^TABLES_URL must be set, because the lake is the root/,
    );
  });

  it('read everything that is set', () => {
    const read = readSettings({
      ...azure,
      TABLES: 'jsonl',
      TABLES_URL: 'https://account.dfs.core.windows.net/tables/atlas',
      TABLES_EVERY_MINUTES: '5',
      TABLES_LOOKBACK_HOURS: '100',
    });

    assert(read.kind === 'valid');
    const { format, location, everyMinutes, lookbackHours } = read.settings.tables;
    assert.deepEqual([format, everyMinutes, lookbackHours], ['jsonl', 5, 100]);
    assert.partialDeepStrictEqual(location, { container: 'tables', directory: 'atlas' });
  });

  it('refuse tables of a flat lake, because it has no hours', () => {
    assert.match(
      problemsWith({ ...azure, TABLES: 'delta', LAKE_LAYOUT: 'flat' }),
      /^TABLES must be "off" beside LAKE_LAYOUT=flat/,
    );
    assert.equal(problemsWith({ ...azure, TABLES: 'off', LAKE_LAYOUT: 'flat' }), '');
  });

  for (const url of [
    'abfss://lake@account.dfs.core.windows.net/from/atlas',
    'https://account.dfs.core.windows.net/lake/from/atlas/tables',
  ])
    it(`refuse tables inside the lake: ${url}`, () => {
      assert.match(
        problemsWith({ ...azure, TABLES_URL: url }),
        /^TABLES_URL must be outside the lake's own directory: it is "/,
      );
    });

  it('need TABLES_URL if the lake is the root of its container', () => {
    const root = { LAKE_URL: 'abfss://lake@account.dfs.core.windows.net/' };

    assert.match(problemsWith({ ...root, TABLES: 'delta' }), /^TABLES_URL must be set, because the lake is the root/);
    assert.equal(problemsWith(root), '');
    assert.match(
      problemsWith({ ...root, TABLES_URL: 'abfss://lake@account.dfs.core.windows.net/tables' }),
      /outside the lake/,
    );
    assert.equal(
      problemsWith({ ...root, TABLES: 'delta', TABLES_URL: 'abfss://tables@account.dfs.core.windows.net/a' }),
      '',
    );
  });

  it('refuse an account that the key does not open', () => {
    const TABLES_URL = 'abfss://tables@another.dfs.core.windows.net/a';

    assert.match(
      problemsWith({ ...azure, STORAGE_ACCOUNT_KEY: key, TABLES_URL }),
      /in the account that STORAGE_ACCOUNT_KEY opens/,
    );
    assert.equal(problemsWith({ ...azure, TABLES_URL }), '');
  });
});

describe('tablesTimer()', () => {
  it('exists only if TABLES is on', () => {
    const without = [{}, { TABLES: '' }, { TABLES: 'off' }, { TABLES: ' off ' }].map(tablesTimer);

    assert.deepEqual(without, Array(4).fill(undefined));
  });

  it('runs at five past each hour, or at the set interval', () => {
    const schedules = ['', '60', '30', '5', '1', 'nonsense'].map(
      (TABLES_EVERY_MINUTES) => tablesTimer({ TABLES: 'delta', TABLES_EVERY_MINUTES })?.schedule,
    );

    const hourly = '0 5 * * * *';
    assert.deepEqual(schedules, [hourly, hourly, '0 */30 * * * *', '0 */5 * * * *', '0 */1 * * * *', hourly]);
  });
});

function locationWith(environment: Record<string, string>) {
  const read = readSettings(environment);
  assert(read.kind === 'valid');
  return read.settings.tables.location;
}

function problemsWith(environment: Record<string, string>): string {
  const read = readSettings(environment);
  return read.kind === 'valid' ? '' : read.problems.join('\n');
}
