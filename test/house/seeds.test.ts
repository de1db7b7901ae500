import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';

const files = globSync('test/**/*.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'));

describe('the random values of tests', () => {
  it('have the one seed of test/support/seeded.ts', () => {
    for (const file of files.filter((name) => name !== 'test/support/seeded.ts'))
      assert.doesNotMatch(text(file), /from 'fast[-]check'|process\.env\['SEED[']\]|[{] SEED\b/, file);
  });

  it('never come from the clock', () => {
    for (const file of files) assert.doesNotMatch(text(file), /Date\.now\(\) [%] /, file);
  });
});

function text(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
