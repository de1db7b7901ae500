// npm run query --columns: names and types of the columns by hand, from the file that npm run views --infer writes.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { command } from '../../../local/commands/query.ts';
import { command as views } from '../../../local/commands/views.ts';
import { performed } from '../../support/commands.ts';
import { storeEvents, toldEvent } from '../../support/lake-story.ts';
import { type TemporaryLake, temporaryFolder, temporaryLake } from '../../support/lakes.ts';
import { environmentOf, queried } from '../../support/queries.ts';

describe('npm run query --columns', () => {
  it('gives the columns of the file, and null where a value does not fit', async (t) => {
    const lake = await shop(t);
    const file = await columnsFile(t, 'shop.orders', [
      { field: ['placed'], name: 'day', type: 'date' },
      { field: ['total'], name: 'Total in €', type: 'decimal(6,2)' },
      { field: ['address', 'city'], name: 'city', type: 'string' },
      { field: ['missing'], name: '_data', type: 'boolean' },
    ]);

    const rows = await asked(
      lake,
      'select * exclude (_sequence, _clusterTime, _data) from orders_latest order by _key',
      file,
    );

    assert.deepEqual(rows, [
      { _key: '{"_id":1}', day: '2026-11-20', 'Total in €': '19.90', city: 'Oslo', _data_2: null },
      // It is not midnight, and has too many digits after the point.
      { _key: '{"_id":2}', day: null, 'Total in €': null, city: null, _data_2: null },
      { _key: '{"_id":3}', day: '2026-02-03', 'Total in €': '5.00', city: null, _data_2: null },
    ]);
  });

  it('accepts the file that --infer writes', async (t) => {
    const lake = await shop(t);
    const file = join(await temporaryFolder(t), 'orders.json');
    const sql = 'from orders_history order by _key';
    const given = ['--infer', '--flatten', '2', '--collection', 'shop.orders', '--out', file];
    const inferred = await performed(views, environmentOf(lake), ...given);

    const rows = await asked(lake, sql, file);

    assert.equal(inferred.code, 0, inferred.output);
    assert.deepEqual(rows, await asked(lake, sql, '', '--flatten', '2'));
    assert.equal(rows[0]?.['address_city'], 'Oslo');
  });

  it('infers the columns of other collections', async (t) => {
    const lake = await shop(t);
    const orders = await columnsFile(t, 'shop.orders', [{ field: ['total'], name: 'sum', type: 'string' }]);

    const rows = await asked(lake, 'select sum, items from orders_latest, carts_latest order by sum', orders);

    assert.deepEqual(
      rows.map(({ items }) => items),
      [2, 2, 2],
    );
  });

  it('says what is wrong with a file', async (t) => {
    const lake = await shop(t);
    const folder = await temporaryFolder(t);
    const files: Record<string, string> = {
      'text.json': 'no JSON',
      'other.json': '{"collection":"shop.ordres","columns":[]}',
      'number.json': '{"collection":7,"columns":[]}',
      'any.json': '{"columns":[]}',
      'orders.json': '{"collection":"shop.orders","columns":[]}',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const outputs = [];
    for (const names of [['none.json'], ['text.json'], ['other.json'], ['number.json'], ['any.json', 'orders.json']]) {
      const given = names.flatMap((name) => ['--columns', join(folder, name)]);
      const { code, output } = await performed(command, environmentOf(lake), 'from orders_latest', ...given);
      outputs.push(output.replaceAll(JSON.stringify(folder).slice(0, -1), '"').replaceAll('"/', '"'));
      assert.equal(code, 1);
    }

    assert.deepEqual(outputs, [
      'Cannot read "none.json": ENOENT\n',
      'Cannot use "text.json": it must be JSON, an object with a list "columns"\n',
      'Cannot use "other.json": its "collection" must be shop.carts or shop.orders: it is "shop.ordres"\n',
      'Cannot use "number.json": "collection" must be a text, such as "shop.orders"\n',
      'Cannot use --columns: a collection must have one file: shop.orders has "any.json" and "orders.json"\n',
    ]);
  });

  it('is refused by npm run views for a file of another collection', async (t) => {
    const lake = await shop(t);
    const file = await columnsFile(t, 'shop.orders', []);
    const given = ['--engine', 'duckdb', '--collection', 'shop.carts', '--columns', file];

    const { code, output } = await performed(views, environmentOf(lake), ...given);

    assert.equal(code, 1);
    assert.match(output, /its "collection" must be shop\.carts: it is "shop\.orders"/);
  });
});

async function shop(t: TestContext): Promise<TemporaryLake> {
  const lake = await temporaryLake(t);
  const midnight = { $date: '2026-11-20T00:00:00Z' };
  await storeEvents(lake, [
    [
      inserted('orders', 1, { placed: midnight, total: { $numberDecimal: '19.90' }, address: { city: 'Oslo' } }),
      inserted('orders', 2, { placed: { $date: '2026-11-20T00:00:00.001Z' }, total: 1.125, address: null }),
      inserted('orders', 3, { placed: '2026-02-03', total: 5 }),
      inserted('carts', 4, { items: 2 }),
    ],
  ]);
  return lake;
}

function inserted(coll: string, id: number, fields: Record<string, unknown>) {
  return toldEvent({ operationType: 'insert', db: 'shop', coll, id, fields, second: 1, increment: id });
}

async function columnsFile(t: TestContext, collection: string, columns: readonly unknown[]): Promise<string> {
  const file = join(await temporaryFolder(t), 'columns.json');
  await writeFile(file, JSON.stringify({ collection, columns }));
  return file;
}

async function asked(lake: TemporaryLake, sql: string, file: string, ...args: string[]) {
  const columns = file === '' ? [] : ['--columns', file];
  return await queried(environmentOf(lake), sql, ...columns, ...args);
}
