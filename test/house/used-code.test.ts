// Code that only tests use is in test/.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';

const sources = new Map(
  globSync('{functions,shared,local}/**/*.{ts,mjs}', { cwd: root })
    .filter((file) => !isForAzure(file))
    .map((file) => [file, withoutComments(readFileSync(join(root, file), 'utf8'))] as const),
);
const imported = new Set([...sources.values()].flatMap(importedNames));

describe('the code outside test/', () => {
  it('exports no function and no constant that only tests use', () => {
    const unused = [...sources].flatMap(([file, text]) =>
      exportedNames(text)
        .filter((name) => !imported.has(name) && timesIn(text, name) < 2)
        .map((name) => `${file}: ${name}`),
    );

    assert(imported.size > 500, `${imported.size}`);
    assert.deepEqual(unused, []);
  });
});

/** Azure's library loads it in place of the module of the host, and calls it. */
function isForAzure(file: string): boolean {
  return file.endsWith('functions-core.ts');
}

function exportedNames(text: string): string[] {
  const found = text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm);
  // run.ts imports the command of each file of local/commands/.
  return [...found].map(([, name = '']) => name).filter((name) => name !== 'command');
}

function importedNames(text: string): string[] {
  const found = text.matchAll(/\{([^}]*)\}(?= from '| = await import\()/g);
  return [...found].flatMap(([, names = '']) => names.match(/\w+/g) ?? []);
}

function timesIn(text: string, name: string): number {
  return text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}
