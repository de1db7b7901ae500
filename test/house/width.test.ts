// Comments and pages are wrapped at 120 columns, and not within a code span. Biome wraps only code.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';

const most = 120;
const code = '{functions,shared,local,atlas-app/src,infra,test}/**/*.{ts,mjs,py,sql,kql,bicep,sh}';
const pages = '{*,{docs,infra,atlas-app}/**/*}.md';

describe('the width of lines', () => {
  it('is at most 120 columns in comments', () => {
    assert.deepEqual(linesIn(code, isLongComment), []);
  });

  it('is at most 120 columns in pages, except in tables and examples', () => {
    assert.deepEqual(linesIn(pages, isLongProse), []);
  });

  it('cuts no code span of a page over two lines, where nobody can copy it', () => {
    assert.deepEqual(linesIn(pages, cutsCodeSpan), []);
  });
});

/** Commands and addresses cannot be wrapped. */
function isLongComment(line: string): boolean {
  const [, comment] = /^\s*(?:\/\/|\/\*\*|\*|#|--) (?! )(.*)$/.exec(line) ?? [];
  return comment !== undefined && line.length > most && !/printf|https?:\/\/\S{60}/.test(comment);
}

function isLongProse(line: string, isExample: boolean): boolean {
  return !isExample && line.length > most && !/^[|!<[]/.test(line);
}

function cutsCodeSpan(line: string, isExample: boolean): boolean {
  return !isExample && !line.trimStart().startsWith('```') && line.split('`').length % 2 === 0;
}

function linesIn(glob: string, isWrong: (line: string, isExample: boolean) => boolean): string[] {
  const files = globSync(glob, { cwd: root, exclude: ['**/node_modules', 'test/fixtures'] });
  assert(files.length > 10, glob);
  return files.flatMap((file) => {
    let isExample = false;
    return readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => {
        if (line.trimStart().startsWith('```')) isExample = !isExample;
        return isWrong(line, isExample) ? [`${file.replaceAll('\\', '/')}:${index + 1}: ${line.length} columns`] : [];
      });
  });
}
