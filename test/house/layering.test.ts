import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';

const mayImport: Record<string, readonly string[]> = {
  functions: ['functions', 'shared'],
  shared: ['shared'],
  local: ['local', 'functions', 'shared', 'atlas-app'],
  'atlas-app': ['atlas-app'],
};
/** What only some files may know. */
const reserved: Record<string, RegExp> = {
  '@azure/functions': /^(functions|local)\//,
  '@azure/storage-blob': /^shared\/lake\/azure\/|^local\/doctor\/storage\/azure-inspector\.ts$/,
  '@azure/storage-file-datalake': /^shared\/lake\/azure\/|^local\/doctor\/storage\/azure-inspector\.ts$/,
  '@azure/identity': /^shared\/lake\/azure\//,
  ajv: /^shared\/events\/change-event-validator\.ts$|^local\//,
  bson: /^shared\/extended-json\/|^local\//,
};
const sources = globSync('{functions,shared,local,atlas-app}/**/*.ts', { cwd: root }).map((file) =>
  file.replaceAll('\\', '/'),
);

describe('the house', () => {
  it('lets imports point one way', () => {
    for (const file of sources) {
      const allowed = mayImport[file.split('/')[0] ?? ''] ?? [];
      for (const target of importsOf(file).filter((name) => name.startsWith('.'))) {
        const folder =
          relative(root, join(root, dirname(file), target))
            .replaceAll('\\', '/')
            .split('/')[0] ?? '';
        assert(allowed.includes(folder), `${file} must not import from ${folder}/`);
      }
    }
  });

  it('lets only the files that own a package import it', () => {
    for (const file of sources) {
      for (const name of importsOf(file)) {
        const owner = reserved[name];
        if (owner !== undefined) assert.match(file, owner, `${file} must not import ${name}`);
      }
    }
  });

  it('lets only functions/ and local/ read the environment', () => {
    for (const file of sources.filter((name) => name.startsWith('shared/')))
      assert.doesNotMatch(readFileSync(join(root, file), 'utf8'), /process\.env/, file);
  });

  it('lets atlas-app/ import nothing but its own sources', () => {
    const own = sources.filter((name) => name.startsWith('atlas-app/'));

    assert(own.every((file) => file.startsWith('atlas-app/src/')));
    for (const file of own)
      for (const name of importsOf(file)) assert.match(name, /^\.\/[a-z0-9-]+\.ts$/, `${file} must not import ${name}`);
  });

  it('has one Azure Function in each file of functions/', () => {
    for (const file of sources.filter((name) => name.startsWith('functions/')))
      assert.equal(registrationsIn(readFileSync(join(root, file), 'utf8')), 1, file);
  });
});

/** Also one that depends on a setting: `if (isWanted) app.timer(…)`. */
function registrationsIn(text: string): number {
  return [...text.matchAll(/\bapp\.(?:http|timer|eventHub)\(/g)].length;
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name = '']) => name);
}
