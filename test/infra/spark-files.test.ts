import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../local/paths.ts';

const folder = join(root, 'infra', 'spark');
const files = globSync('*.py', { cwd: folder }).toSorted();

describe('infra/spark', () => {
  // The engine tests put the folder on Python's path, so they do not see a missing name.
  it('has every Python file in the cell of the notebook that gives them to Spark', () => {
    const { cells } = JSON.parse(readFileSync(join(folder, 'atlas-lake-sync.ipynb'), 'utf8'));
    const texts: string[] = cells.map(({ source }: { source: string[] }) => source.join(''));
    const cell = texts.find((text) => text.includes('addPyFile')) ?? '';

    const named = [...cell.matchAll(/'(\w+)'/g)].map(([, name]) => `${name}.py`);

    assert.deepEqual(named.toSorted(), files);
  });

  it('gives every file of the folder to Spark in the commands of its jobs', () => {
    const jobs = files.filter((file) => read(file).includes('__main__'));

    assert.deepEqual(jobs, ['compact.py', 'history.py', 'latest.py', 'maintain.py']);
    for (const job of jobs) {
      assert(read(job).includes(`--py-files "$(ls *.py | paste -sd,)" \\\\\n      ${job} `), job);
    }
  });
});

function read(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}
