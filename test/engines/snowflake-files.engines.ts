// Runs the task of infra/snowflake/event-files.sql in an emulator of Snowflake, over lines of the real receiver.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';
import { runSnowflake, type SnowflakeStep } from './support/dialects.ts';
import { type Change, changesIn, compare, latestOf } from './support/model.ts';
import { tellStory } from './support/story.ts';
import { tell, temporaryPlaces } from './support/told-lake.ts';

const text = readFileSync(join(root, 'infra/snowflake/event-files.sql'), 'utf8').replaceAll('atlas_lake.shop.', '');
const stream = 'orders_new_lines';

describe('the task of infra/snowflake', () => {
  for (const coll of ['orders', 'carts', 'baskets'])
    it(`keeps the newest state of ${coll} in any order of its files`, async () => {
      const places = temporaryPlaces();
      for (const wave of tellStory(5).waves) await tell(wave, places);
      const changes = changesIn(places.lake, 'shop', coll);
      // Some events come late, after newer ones. Some come twice.
      const arrivals = [changes.filter((_, at) => at % 3 !== 1), changes.filter((_, at) => at % 3 !== 0)];

      const rows = await runSnowflake([
        ...[statement('CREATE TABLE IF NOT EXISTS orders_states'), `CREATE TABLE ${stream} (line VARIANT)`].map(sql),
        ...arrivals.flatMap(runOfTask),
        sql(statement('CREATE OR REPLACE VIEW')),
        sql('SELECT "_key", "_sequence", "_clusterTime", to_json("_data") AS "_data" FROM orders_now ORDER BY "_key"'),
      ]);

      assert.deepEqual(
        rows.map(({ _key, _sequence, _clusterTime, _data }) => [parsed(_key), _sequence, _clusterTime, parsed(_data)]),
        latestOf(changes)
          .toSorted((one, other) => compare(one._key, other._key))
          .map(({ _key, _sequence, _valid_from, _data }) => [parsed(_key), _sequence, _valid_from, parsed(_data)]),
      );
    });
});

function runOfTask(changes: readonly Change[]): SnowflakeStep[] {
  return [
    sql(`TRUNCATE TABLE ${stream}`),
    { sql: `INSERT INTO ${stream} SELECT parse_json(%s)`, rows: changes.map(({ line }) => [line]) },
    sql(statement('MERGE INTO')),
  ];
}

/** Returns the statement, or the part of one, that begins with these words. */
function statement(beginning: string): string {
  const start = text.indexOf(beginning);
  assert(start >= 0, beginning);
  return text.slice(start, text.indexOf(';', start));
}

function sql(one: string): SnowflakeStep {
  return { sql: one };
}

/** Parses JSON: Snowflake writes it with other bytes. */
function parsed(value: unknown): unknown {
  return JSON.parse(String(value));
}
