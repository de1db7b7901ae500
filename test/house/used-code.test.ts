// Code has a user: no export is there for nobody, and code that only tests use is in test/.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';

const sources = new Map(
  globSync('{functions,shared,local,atlas-app/src,test}/**/*.{ts,mjs}', { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .map((file) => [file, withoutComments(readFileSync(join(root, file), 'utf8'))] as const),
);
const product = [...sources].filter(([file]) => !file.startsWith('test/'));

describe('the code outside test/', () => {
  it('has no function and no constant that only tests use', () => {
    const imported = new Set(product.flatMap(([file, text]) => importsOf(file, text)));
    const unused = product.flatMap(([file, text]) =>
      exportsOf(file, text).filter(
        ([name, id]) => !imported.has(id) && !imported.has(`${file} *`) && timesIn(text, name) < 2,
      ),
    );

    assert(imported.size > 500, `${imported.size}`);
    assert.deepEqual(unused, []);
  });
});

describe('each file', () => {
  it('exports no function and no constant that no other file imports', () => {
    const imported = new Set([...sources].flatMap(([file, text]) => importsOf(file, text)));
    const unused = [...sources].flatMap(([file, text]) =>
      exportsOf(file, text).filter(([, id]) => !imported.has(id) && !imported.has(`${file} *`)),
    );

    assert.deepEqual(unused, []);
  });
});

/** Azure's library calls the one, and Node's test runner the other. */
function isForAnother(file: string): boolean {
  return file.endsWith('functions-core.ts') || file.endsWith('one-azurite.ts');
}

/** The names, and for each the file with the name. */
function exportsOf(file: string, text: string): [name: string, id: string][] {
  if (isForAnother(file)) return [];
  const found = text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm);
  // run.ts imports the command of each file of local/commands/.
  const names = [...found].map(([, name = '']) => name).filter((name) => name !== 'command');
  return names.map((name) => [name, `${file} ${name}`]);
}

function importsOf(file: string, text: string): string[] {
  const found = text.matchAll(/(\{[^{}]*\}|\* as \w+) (?:from|= await import\()\s*'(\.[^']+)'/g);
  return [...found].flatMap(([, clause = '', target = '']) => {
    const path = relative(root, join(root, dirname(file), target)).replaceAll('\\', '/');
    // Of `a as b` and of `a: b`, the first is the name in the other file.
    const names = clause.startsWith('*') ? ['*'] : clause.slice(1, -1).split(',');
    return names.map((name) => `${path} ${/(?:type )?([\w*]+)/.exec(name)?.[1] ?? ''}`);
  });
}

function timesIn(text: string, name: string): number {
  return text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}
