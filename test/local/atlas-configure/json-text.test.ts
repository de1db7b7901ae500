import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Json, toJsonText } from '../../../local/atlas-configure/json-text.ts';
import { root } from '../../../local/paths.ts';

describe('toJsonText()', () => {
  // The last character that fits a line, and the first that does not, with and without a comma behind.
  const edges = [99, 100, 101, 102, 103].map((length): [string, Json] => [
    `a list near the end of a line (${length})`,
    { a: { list: ['x'.repeat(length), 1], b: 0 }, list: ['x'.repeat(length + 3), true] },
  ]);
  const values: readonly (readonly [string, Json])[] = [
    ['nothing', {}],
    ['an empty list', { a: [], b: { c: {} } }],
    ['a list of plain values', { a: [1, 'two', null, false] }],
    ['a list of objects', [{ name: 'a', private: true }, { name: 'b' }, {}]],
    ['lists in lists', { a: [['x', 'y'], [], [{ b: 1 }]] }],
    ['quotes and other letters', { 'a"b': 'ü\n\\"', '\u2028': '\u0000' }],
    ...edges,
  ];
  for (const [what, value] of values) {
    it(`writes ${what} as Biome formats it`, () => {
      const text = toJsonText(value);

      assert.equal(formatted(text), text);
      assert.deepEqual(JSON.parse(text), value);
    });
  }
});

function formatted(text: string): string {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const run = spawnSync(process.execPath, [biome, 'format', '--stdin-file-path=some.json'], { input: text, cwd: root });
  return run.stdout.toString();
}
