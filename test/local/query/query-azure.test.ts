// A lake in Azure's emulator. Files are copied to a temporary folder, within a limit, and removed when the command
// ends.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { command as query } from '../../../local/commands/query.ts';
import { command as tables } from '../../../local/commands/tables.ts';
import { command as views } from '../../../local/commands/views.ts';
import { progress } from '../../../local/progress.ts';
import { runQuery } from '../../../local/query/run-query.ts';
import { readSettings } from '../../../shared/app/settings.ts';
import { bytesInFlight } from '../../../shared/http/bytes-in-flight.ts';
import { receive } from '../../../shared/http/receive.ts';
import { openWriter } from '../../../shared/lake/open-lake.ts';
import { type Azurite, emulatorAccount, emulatorKey, startAzurite } from '../../support/azurite.ts';
import { changeEvents } from '../../support/change-events.ts';
import { performed } from '../../support/commands.ts';
import { deliveryOf, now } from '../../support/deliveries.ts';
import { temporaryFolder } from '../../support/lakes.ts';
import { never } from '../../support/never.ts';
import { spawned } from '../../support/spawned.ts';

const { insert, update, replace } = changeEvents;

const options = {
  sql: 'FROM movies_latest',
  form: 'json',
  hours: { from: undefined, to: undefined },
  sample: 10,
  levels: 1,
  maxCopiedBytes: 100,
  columnsFiles: [],
} as const;

const terminal = { write: assert.fail, note: assert.fail, width: undefined, progress: progress(), signal: never };

describe('npm run query on a lake in Azure', () => {
  let azurite: Azurite | undefined;
  let environment: Record<string, string> = {};
  before(async () => {
    azurite = await startAzurite();
    environment = {
      LAKE_URL: `${azurite.origin}/${emulatorAccount}/${azurite.container}/raw`,
      STORAGE_ACCOUNT_KEY: emulatorKey,
    };
    await store(insert, update);
  });
  after(async () => await azurite?.stop());

  it('reads files and table through our own reader', async () => {
    const files = await asked('select title, views from movies_latest');
    const { code, output } = await performed(tables, { ...environment, TABLES: 'delta' }, 'compact');
    await store(update, replace);
    const both = await asked('select title, views from movies_latest');
    const count = await asked('select count(*) AS n from movies_changes');

    assert.equal(code, 0, output);
    assert.deepEqual(files, [{ title: 'Heat', views: '9007199254740993' }]);
    assert.deepEqual(both, [{ title: 'Heat (1995)', views: null }]);
    assert.deepEqual(count, [{ n: 3 }]);
  });

  it('copies no more than its limit, and says what to do', async () => {
    await assert.rejects(runQuery(options, environment, terminal), {
      message:
        /^Cannot read sample_mflix\.movies from Azure: at most 1 MB may be copied: it has 1 MB\. Ask for some days with --from and --to/,
    });
  });

  it('copies no more than its limit of files outside of folders', async () => {
    const flat = { ...environment, LAKE_URL: `${environment['LAKE_URL']}-flat`, LAKE_LAYOUT: 'flat' };
    await storeIn(flat, insert);

    await assert.rejects(runQuery(options, flat, terminal), {
      message:
        /^Cannot read the files outside of folders: at most 1 MB may be read: they have 1 MB\. Ask for some days with --from/,
    });
  });

  it('leaves out files from before the change to folders if they are over the limit, and says so', async () => {
    const folders = { ...environment, LAKE_URL: `${environment['LAKE_URL']}-both` };
    await storeIn({ ...folders, LAKE_LAYOUT: 'flat' }, update, replace);
    await storeIn(folders, insert);
    const found = async (maxCopiedBytes: number) => {
      const lines: string[] = [];
      const [write, note] = [(line: string) => lines.push(line), (line: string) => lines.push(line)];
      const sql = 'SELECT count(*) AS n FROM movies_changes';
      await runQuery({ ...options, sql, maxCopiedBytes }, folders, { ...terminal, write, note });
      return lines;
    };

    const [all, some] = [await found(1_000_000), await found(600)];

    const note =
      /^Left out the files outside of folders: at most 1 MB may be read: they have 1 MB\. Ask for some days /;
    assert.match(some[0] ?? '', note);
    assert.deepEqual([all.join(''), some.slice(1).join('')], ['[{"n":3}]', '[{"n":1}]']);
  });

  it('refuses to leave out files outside of folders with LAKE_LAYOUT=flat', async () => {
    const both = { ...environment, LAKE_URL: `${environment['LAKE_URL']}-now-flat`, LAKE_LAYOUT: 'flat' };
    await storeIn({ ...both, LAKE_LAYOUT: 'partitioned' }, insert);
    await storeIn(both, update);

    await assert.rejects(runQuery(options, both, terminal), { message: /^Cannot read the files outside of folders: / });
  });

  it('removes what it copied, also when the SQL is wrong', async (t) => {
    const folder = await temporaryFolder(t);

    const { code, output } = await spawned(
      'query',
      { ...environment, TMPDIR: folder },
      'select nothing from movies_latest',
    );

    assert.equal(code, 1);
    assert.match(output, /Binder Error/);
    assert.deepEqual(await readdir(folder), []);
  });

  it('writes the places of the lake into the views', async () => {
    const container = azurite?.container ?? '';
    const { printed } = await performed(views, environment, '--engine', 'spark', '--collection', 'sample_mflix.movies');

    assert.match(
      printed,
      new RegExp(`delta\\.\`abfss://${container}@127\\.0\\.0\\.1:\\d+/raw-tables/sample_mflix/movies\``),
    );
  });

  async function store(...events: unknown[]): Promise<void> {
    await storeIn(environment, ...events);
  }

  async function storeIn(environment: Readonly<Record<string, string>>, ...events: unknown[]): Promise<void> {
    const read = readSettings(environment);
    assert(read.kind === 'valid');
    const { settings } = read;
    const lake = await openWriter(settings.lake);
    const receiver = { settings, lake, inFlight: bytesInFlight(settings.maxBytesInFlight) };
    await receive(deliveryOf(JSON.stringify(events)), receiver, now);
  }

  async function asked(sql: string): Promise<unknown> {
    const { code, output, printed } = await performed(query, environment, sql, '--json');
    assert.equal(code, 0, output);
    return JSON.parse(printed);
  }
});
