import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { laneOf, lanesOf, reasonForIsolation } from '../../../local/testing/lanes.ts';
import { temporaryFolder } from '../../support/lakes.ts';

/** In parts, so that this file does not count as one that does these things. */
const needs: Readonly<Record<string, string>> = {
  'patches timers': `t.mock${'.timers'}.enable({ apis: ['setTimeout'] });`,
  'patches what all files use': `t.mock${'.method'}(performance, 'now', () => 0);`,
  'patches globals': `globalThis${'.fetch'} = () => undefined;`,
  'patches modules': `sync${'BuiltinESMExports'}();`,
  'changes the environment': `process${'.env'}['LAKE_URL'] = 'file:./lake';`,
  'counts the work of its process': `import { Session } from 'node:${'inspector'}';`,
  'measures its process': `process${'.memoryUsage'}();`,
  'asks for it': `//${' Own process'}: it fills the disk.`,
};

const starting = `import { spawn } from 'node:${'child_process'}';`;

describe('lanesOf()', () => {
  it('names the lanes that have files, in the order of their names', async (t) => {
    const root = await folderOf(t, {
      'test/a.test.ts': needs['patches timers'] ?? '',
      'test/b.test.ts': 'it();',
      'test/c.test.ts': starting,
      'test/d.test.ts': 'it();',
    });

    assert.deepEqual(
      [...lanesOf(root, ['test/a.test.ts', 'test/b.test.ts', 'test/c.test.ts', 'test/d.test.ts'])],
      [
        ['in process', ['test/b.test.ts']],
        ['in process too', ['test/d.test.ts']],
        ['with processes', ['test/c.test.ts']],
        ['own process', ['test/a.test.ts']],
      ],
    );
  });

  it('has a lane for files that start processes, also by a module', async (t) => {
    const root = await folderOf(t, {
      'test/a.test.ts': "import { b } from './support/b.ts';",
      'test/support/b.ts': starting,
    });

    assert.equal(laneOf(root, 'test/a.test.ts'), 'with processes');
  });

  it('has a lane for files that need the storage', async (t) => {
    const root = await folderOf(t, {
      'test/a.test.ts': "import { startAzurite } from './support/azurite.ts';",
      'test/support/azurite.ts': starting,
    });

    assert.equal(laneOf(root, 'test/a.test.ts'), 'with storage');
  });

  for (const [why, text] of Object.entries(needs)) {
    it(`isolates a file that needs it: ${why}`, async (t) => {
      const root = await folderOf(t, { 'test/a.test.ts': text });

      assert.equal(reasonForIsolation(root, 'test/a.test.ts'), why);
      assert.equal(laneOf(root, 'test/a.test.ts'), 'own process');
    });

    it(`isolates a file that imports a module that needs it: ${why}`, async (t) => {
      const root = await folderOf(t, {
        'test/local/a.test.ts': "import { b } from '../support/b.ts';",
        'test/support/b.ts': "export { c } from './c.ts';",
        'test/support/c.ts': text,
      });

      assert.equal(reasonForIsolation(root, 'test/local/a.test.ts'), `test/support/c.ts ${why}`);
    });
  }

  it('lets a file share a process that only reads the environment, and imports sources that start processes', async (t) => {
    const root = await folderOf(t, {
      'test/a.test.ts': `import { runStep } from '../local/run-step.ts'; const { PATH } = process${'.env'};`,
      'local/run-step.ts': starting,
    });

    assert.equal(laneOf(root, 'test/a.test.ts'), 'in process');
  });
});

async function folderOf(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryFolder(t);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}
