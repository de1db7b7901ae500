// The names in a statement: which view a name means, and what a person reads if there is no such view.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { command } from '../../../local/commands/query.ts';
import { performed } from '../../support/commands.ts';
import { storeEvents, toldEvent } from '../../support/lake-story.ts';
import { type TemporaryLake, temporaryLake } from '../../support/lakes.ts';
import { environmentOf } from '../../support/queries.ts';

describe('npm run query, names', () => {
  it('refuses a bare name if main and another database have the collection', async (t) => {
    const lake = await lakeOf(t, ['main', 'people'], ['shop', 'people'], ['main', 'films']);

    const bare = await asked(lake, 'select count(*) from People_latest');
    const alias = await asked(lake, 'select p._key from films_latest as f, "people_latest" as p');
    const own = await asked(lake, 'with people_latest as (select 5 as five) select five from people_latest');
    const named = await asked(lake, 'select count(*) as n from main.people_latest, shop.people_latest, films_latest');

    const ambiguous = (name: string) =>
      `Cannot tell which "${name}": several databases have it: say main.people_latest or shop.people_latest\n`;
    assert.deepEqual([bare, alias], [ambiguous('People_latest'), ambiguous('people_latest')]);
    assert.deepEqual([own, named], ['[\n{"five":5}\n]\n', '[\n{"n":1}\n]\n']);
  });

  it('reports a missing collection, not a missing database', async (t) => {
    const lake = await lakeOf(t, ['shop', 'orders']);

    const output = await asked(lake, 'from shop.ordres_latest');

    assert.match(output, /^Catalog Error: Table with name ordres_latest does not exist!/);
  });

  it('adds the collections of the lake to the message of DuckDB about a missing table', async (t) => {
    const lake = await lakeOf(t, ['shop', 'orders'], ['crm', 'a.b']);
    const hint =
      /\n\nThe lake has crm\.a\.b, shop\.orders: each has views that end in _latest, _history and _changes\n$/;

    for (const sql of [
      'from ordres_latest',
      'from shop.ordres_latest',
      'from shp.orders_latest',
      'from shop.a.b_latest',
    ])
      assert.match(await asked(lake, sql), hint, sql);
    const empty = await asked(await lakeOf(t), 'from orders_latest');
    const column = await asked(lake, 'select nothing from orders_latest');

    assert.match(empty, /\n\nThe lake has no events yet: npm run query, without SQL, names its place\n$/);
    assert.doesNotMatch(column, /The lake has/);
  });

  it('says that the rows are from the last statement if there are several', async (t) => {
    const lake = await lakeOf(t);

    const two = await asked(lake, 'select 1 as one; select 2 as two;');
    const one = await asked(lake, 'select 1 as one;');

    assert.equal(two, '[\n{"two":2}\n]\nThese are the rows of the last of 2 statements\n');
    assert.equal(one, '[\n{"one":1}\n]\n');
  });

  it('shows only the message of DuckDB for a statement that cannot be parsed', async (t) => {
    const output = await asked(await lakeOf(t), 'selec 1');

    assert.match(output, /^Parser Error: syntax error at or near "selec"\n/);
    assert.doesNotMatch(output, /at .*\.ts/);
  });

  it('refuses a text without a statement', async (t) => {
    const lake = await lakeOf(t);
    for (const sql of ['', ' ', ';', '/* orders_latest */'])
      assert.equal(
        await asked(lake, sql),
        `Cannot query: the SQL must have a statement: it is ${JSON.stringify(sql)}\n`,
      );
  });

  it('names the place of a lake without events', async (t) => {
    const { folder } = await temporaryLake(t);

    const missing = await performed(command, { LAKE_URL: `file:${folder}/missing` });
    const json = await performed(command, { LAKE_URL: `file:${folder}/missing` }, '--json');

    assert.equal(missing.printed.split('\n')[0], `There are no events yet in ${join(folder, 'missing')}`);
    assert.deepEqual([missing.code, json.printed], [0, '[]\n']);
  });

  it('shows the names that it gives if DuckDB takes two names for the same', async (t) => {
    const lake = await lakeOf(t, ['Shop', 'orders'], ['shop', 'orders'], ['shop', 'Orders'], ['temp', 'x']);

    const { printed } = await performed(command, environmentOf(lake));
    const second = await asked(lake, 'select db, coll from shop_2.orders_2_changes');

    assert.equal(second, '[\n{"db":"shop","coll":"orders"}\n]\n');
    assert.match(printed, /^DuckDB takes some names for the same\. Here they have others:$/m);
    assert.match(printed, /^ {2}shop\.Orders is shop_2\."?Orders_\w+"?$/m);
    assert.match(printed, /^ {2}shop\.orders is shop_2\.orders_2_latest$/m);
    assert.match(printed, /^ {2}temp\.x is temp_2\.x_latest$/m);
    assert.doesNotMatch(printed, /Shop\.orders is/);
    const plain = await performed(command, environmentOf(await lakeOf(t, ['shop', 'orders'])));
    const odd = await performed(command, environmentOf(await lakeOf(t, ['shop', 'a.b'])));
    assert.match(plain.printed, /^ {2}npm run query -- "SELECT \* FROM orders_latest"$/m);
    assert.match(odd.printed, /^ {2}npm run query -- 'SELECT \* FROM "a\.b_latest"'$/m);
  });
});

async function lakeOf(t: TestContext, ...collections: (readonly [string, string])[]): Promise<TemporaryLake> {
  const lake = await temporaryLake(t);
  const events = collections.map(([db, coll], increment) =>
    toldEvent({ operationType: 'insert', db, coll, id: 1, fields: { a: 1 }, second: 1, increment }),
  );
  await storeEvents(lake, [events]);
  return lake;
}

async function asked(lake: TemporaryLake, sql: string): Promise<string> {
  const { output } = await performed(command, environmentOf(lake), sql, '--json');
  return output;
}
