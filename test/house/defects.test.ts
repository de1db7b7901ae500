import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';
import { defects } from '../mutants/defects.ts';

describe('the defects of npm run mutants', () => {
  it('are at least twenty, each with its own name', () => {
    assert(defects.length >= 20);
    assert.equal(new Set(defects.map(({ name }) => name)).size, defects.length);
  });

  for (const { name, file, is, becomes, tests } of defects) {
    it(`can be planted: ${name}`, () => {
      const source = readFileSync(join(root, file), 'utf8');

      assert.equal(source.split(is).length, 2, `${file} must have this once: ${is}`);
      assert.notEqual(is, becomes);
      for (const test of tests) assert(existsSync(join(root, test)), test);
    });
  }

  it('are all listed in docs/reliability.md', () => {
    const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8');

    for (const { name } of defects) assert(page.includes(`| ${name} |`), name);
  });
});
