import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { importsOf } from '../../local/build.ts';
import { root } from '../../local/paths.ts';

describe('the bundle', () => {
  it('imports every file of functions/, and nothing else', async () => {
    const files = (await readdir(join(root, 'functions'))).sort();

    const imports = await importsOf('functions');

    assert.deepEqual(
      imports.split('\n'),
      files.map((file) => `import "./functions/${file}";`),
    );
  });
});
