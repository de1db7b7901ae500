import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ruleBrokenBy } from '../../local/atlas-configure/namespace-rules.ts';
import { loadWorld } from '../support/load-world.ts';

const names: readonly (readonly [database: string, collection: string])[] = [
  ...['admin', 'Local', 'config', 'atlas_lake_sync', 'f.g', 'a b', 'a/b', 'a\\b', 'a"b', '$a', 'a\0b'].map(
    (database) => [database, 'x'] as const,
  ),
  ...['x$y', 'system.views', 'system.buckets.x', '.x', 'x\0y', 'c'.repeat(250)].map(
    (collection) => ['shop', collection] as const,
  ),
  ['d'.repeat(64), 'x'],
  ['ü'.repeat(32), 'x'],
  ['shop', 'ü'.repeat(126)],
  ['shop', 'x'],
  ['d'.repeat(63), 'x'],
  ['shop', 'c'.repeat(250)],
  ['shop', 'c'.repeat(251)],
  ['administration', 'systems.views'],
  ['shop', 'a.b c/d\\e'],
  ['shop', 'system'],
];

describe('loadCollection(): the names of an entry', () => {
  for (const [database, collection] of names) {
    const isRefused = ruleBrokenBy({ database, collection }) !== undefined;
    const name = JSON.stringify(`${database}.${collection}`).slice(0, 40);
    it(`${isRefused ? 'refuses' : 'takes'} ${name}, as npm run load does, and loads others`, async () => {
      const world = loadWorld();
      world.want({ database, collection }, { database: 'shop', collection: 'orders' });

      const { logs } = await world.tick();

      const told = logs.flatMap((line) => JSON.parse(line).mistake ?? []);
      assert.equal(told.length > 0, isRefused, told.join());
      assert.equal(world.state(`${database}.${collection}`)['state'], isRefused ? undefined : 'done');
      assert.equal(world.state()['state'], 'done');
    });
  }
});
