import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';
import { withImports } from '../../local/testing/lanes.ts';
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

  it('are all listed in docs/reliability.md, each with one of the tests that run for it', () => {
    const rows = readFileSync(join(root, 'docs/reliability.md'), 'utf8').split('\n');

    for (const { name, file, tests } of defects) {
      const begin = `| ${name} | \`${file}\` | `;
      const row = rows.find((line) => line.startsWith(begin));
      assert(row !== undefined, `must have a row: ${begin}`);

      const seenBy = row.slice(begin.length, -' |'.length);
      assert(
        titlesIn(tests).some((title) => title.test(seenBy)),
        `${name}: no test has this name: ${seenBy}`,
      );
    }
  });
});

/** The names of tests in these files and folders, and in what they import. A value within a name can be anything. */
function titlesIn(tests: readonly string[]): RegExp[] {
  const files = tests.flatMap((test) =>
    test.endsWith('.ts') ? [test] : globSync(`${test}/**/*.test.ts`, { cwd: root }),
  );
  const sources = new Set(files.flatMap((file) => [...withImports(root, file)]));
  return [...sources].flatMap((source) =>
    [...readFileSync(join(root, source), 'utf8').matchAll(/\bit\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs)]
      .map(([, , title = '']) => title.split(/\$\{(?:[^{}]|\{[^}]*\})*\}/))
      .filter((parts) => /\w\w/.test(parts.join('')))
      .map((parts) => new RegExp(`^${parts.map(escapedText).join('.*')}$`, 's')),
  );
}

function escapedText(part: string): string {
  return part.replace(/\\(.)/g, '$1').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
