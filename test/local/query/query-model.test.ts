// Compares `latest` and `history` with a model. Random stories have drops, deletes, repeats, late events and look-ups
// that found nothing, in every kind of file and in tables.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { command as tables } from '../../../local/commands/tables.ts';
import { eventSeconds } from '../../support/change-events.ts';
import { performed } from '../../support/commands.ts';
import { storeEvents, type Told, toldEvent } from '../../support/lake-story.ts';
import { type TemporaryLake, temporaryLake } from '../../support/lakes.ts';
import { environmentOf, queried } from '../../support/queries.ts';
import { seed as firstSeed, seed } from '../../support/seeded.ts';
import { type Random, randomFrom } from '../../support/seeded-random.ts';
import { type ModelVersion, modelVersions, randomStory } from '../../support/version-model.ts';

const seeds = Array.from({ length: 8 }, (_, index) => firstSeed + index);

describe('latest and history', () => {
  it('agree with a model of the same events', async (t) => {
    const lake = await temporaryLake(t);
    t.after(() => rm(`${lake.folder}-tables`, { recursive: true, force: true }));
    const stories = seeds.map((own) => ({ name: `c${own}`, story: randomStory(own, 'shop', `c${own}`, 40) }));
    const random = randomFrom(seed);
    for (const { story } of stories) await storeShuffled(lake, story.slice(0, 25), random);
    const compacted = await performed(tables, { ...environmentOf(lake), TABLES: 'delta' }, 'compact');
    for (const { story } of stories) await storeShuffled(lake, story.slice(15), random);

    const history = await queried(
      environmentOf(lake),
      unionOf(stories, 'history', 'epoch(_valid_from)::bigint AS f, epoch(_valid_to)::bigint AS u, _is_current AS c'),
    );
    const latest = await queried(environmentOf(lake), unionOf(stories, 'latest', 'NULL AS f, NULL AS u, true AS c'));

    assert.equal(compacted.code, 0, compacted.output);
    for (const { name, story } of stories) {
      const versions = modelVersions(story);
      assert.deepEqual(sorted(history, name), texts(versions), `history of seed ${name}`);
      const current = versions.filter(({ to }) => to === null).map(({ key, value }) => `${key} ${value}`);
      assert.deepEqual(
        latest
          .filter((row) => row['n'] === name)
          .map((row) => `${row['k']} ${row['v']}`)
          .sort(),
        current.sort(),
        `latest of seed ${name}`,
      );
      for (const moment of [0, 5, 11, 20])
        assert.deepEqual(rowsAt(history, name, moment), versionsAt(versions, moment));
    }
  });
});

/** In any order, some of them twice, as event files and as batches. */
async function storeShuffled(lake: TemporaryLake, story: readonly Told[], random: Random): Promise<void> {
  const events = [...story, ...story.filter(() => random.below(5) === 0)]
    .map((told) => ({ told, place: random.below(1_000_000) }))
    .sort((one, other) => one.place - other.place)
    .map(({ told }) => toldEvent(told));
  const cut = random.below(events.length);
  await storeEvents(lake, [events.slice(0, cut)], { LAKE_FILES: 'batch' });
  await storeEvents(lake, [events.slice(cut)]);
}

function unionOf(stories: readonly { readonly name: string }[], kind: string, times: string): string {
  return stories
    .map(
      ({ name }) =>
        `SELECT '${name}' AS n, CAST(_key ->> '$._id' AS INTEGER) AS k, value AS v, ${times} FROM shop.${name}_${kind}`,
    )
    .join(' UNION ALL ');
}

function sorted(rows: readonly Record<string, unknown>[], name: string): string[] {
  return rows.flatMap((row) => (row['n'] === name ? [textOf(row)] : [])).sort();
}

function textOf({ k, v, f, u, c }: Record<string, unknown>): string {
  return JSON.stringify([k, v, Number(f) - eventSeconds, u === null ? null : Number(u) - eventSeconds, c]);
}

function texts(versions: readonly ModelVersion[]): string[] {
  return versions.map(({ key, value, from, to }) => JSON.stringify([key, value, from, to, to === null])).sort();
}

function rowsAt(rows: readonly Record<string, unknown>[], name: string, moment: number): string[] {
  const t = eventSeconds + moment;
  const then = rows.filter(({ n, f, u }) => n === name && Number(f) <= t && (u === null || t < Number(u)));
  return then.map(({ k, v }) => `${k} ${v}`).sort();
}

function versionsAt(versions: readonly ModelVersion[], moment: number): string[] {
  const then = versions.filter(({ from, to }) => from <= moment && (to === null || moment < to));
  return then.map(({ key, value }) => `${key} ${value}`).sort();
}
