import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { folderReader } from '../../../../shared/lake/folder/folder-reader.ts';
import { folderRemover } from '../../../../shared/lake/folder/folder-remover.ts';
import { folderReplacer } from '../../../../shared/lake/folder/folder-replacer.ts';
import { folderWriter } from '../../../../shared/lake/folder/folder-writer.ts';
import { temporaryFolder } from '../../../support/lakes.ts';
import { never } from '../../../support/never.ts';
import { describeReader } from '../../../support/reader-contract.ts';

describeReader('A folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lake-'));
  const file = join(folder, '.file');
  await writeFile(file, 'A folder cannot be made in a file.');
  return {
    writer: folderWriter(folder),
    reader: folderReader(folder),
    remover: folderRemover(folder),
    replacer: folderReplacer(folder),
    missing: folderReader(join(file, 'lake')),
    close: () => rm(folder, { recursive: true }),
  };
});

describe('folderReader()', () => {
  it('leaves out names with a leading dot, such as files that are still being written', async (t) => {
    const folder = await temporaryFolder(t);
    await mkdir(join(folder, '.staging'));
    await writeFile(join(folder, '.staging', 'half.tmp'), 'half');
    await writeFile(join(folder, '.hidden'), 'hidden');

    const reader = folderReader(folder);

    assert.deepEqual(await Array.fromAsync(reader.list('', never)), []);
    assert.deepEqual(await reader.folders('', never), []);
  });

  it('finds nothing before the first write', async (t) => {
    const reader = folderReader(join(await temporaryFolder(t), 'not', 'yet'));

    assert.deepEqual(await Array.fromAsync(reader.list('', never)), []);
    assert.deepEqual(await reader.folders('', never), []);
    assert.equal(await reader.read('db/file.json', never), undefined);
  });

  it('cuts a large folder into pages', async (t) => {
    const folder = await temporaryFolder(t);
    for (let index = 0; index < 5001; index++) writeFileSync(join(folder, `${index}`), '');

    const pages = await Array.fromAsync(folderReader(folder).list('', never));

    assert.deepEqual(
      pages.map(({ length }) => length),
      [5000, 1],
    );
  });
});
