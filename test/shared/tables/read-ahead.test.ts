// Memory as a count of bytes: reads in progress and files in use, without the garbage collector.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LakeFile, LakeReader } from '../../../shared/lake/lake.ts';
import { readAhead } from '../../../shared/tables/read-ahead.ts';
import { never } from '../../support/never.ts';

describe('readAhead()', () => {
  it('never holds more bytes or files than its limits, and gives all files in their order', async () => {
    const sizes = [40, 40, 40, 10, 10, 10, 10, 10, 90, 5, 5, 5, 5, 100];
    const lake = countingLake(sizes);

    const given: string[] = [];
    for await (const answer of readAhead(lake.reader, lake.files, { files: 4, bytes: 100 }, never)) {
      given.push(answer.file.path);
      await lake.settle();
      lake.release(answer.file);
    }

    assert.deepEqual(
      given,
      lake.files.map(({ path }) => path),
    );
    assert(lake.most.bytes <= 100 && lake.most.files <= 4, JSON.stringify(lake.most));
    // The limits are used fully. Otherwise reading one file after the other would pass too.
    assert.equal(lake.most.files, 4);
  });

  it('reads a file that is larger than the limit alone', async () => {
    const lake = countingLake([10, 500, 10]);

    for await (const { file } of readAhead(lake.reader, lake.files, { files: 4, bytes: 100 }, never)) {
      await lake.settle();
      lake.release(file);
    }

    assert.equal(lake.most.bytes, 500);
  });

  it('ends the reads under way when its consumer stops', async () => {
    const signals: AbortSignal[] = [];
    const { files } = countingLake([1, 1, 1, 1]);
    const reader = readerOf(async (_path, signal) => {
      signals.push(signal);
      return new Uint8Array(1);
    });

    for await (const _ of readAhead(reader, files, { files: 4, bytes: 100 }, never)) break;

    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true, true, true],
    );
  });
});

/** Counts the bytes that were requested and not yet freed. */
function countingLake(sizes: readonly number[]) {
  const files = sizes.map((bytes, index): LakeFile => ({ path: `file-${index}`, bytes, modifiedMs: 0 }));
  const held = new Map<string, number>();
  const most = { bytes: 0, files: 0 };
  const reader = readerOf(async (path) => {
    const bytes = files.find((file) => file.path === path)?.bytes ?? 0;
    held.set(path, bytes);
    most.files = Math.max(most.files, held.size);
    most.bytes = Math.max(
      most.bytes,
      [...held.values()].reduce((sum, one) => sum + one, 0),
    );
    return new Uint8Array(bytes);
  });
  return {
    files,
    reader,
    most,
    release: ({ path }: LakeFile) => held.delete(path),
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

function readerOf(read: LakeReader['read']): LakeReader {
  return {
    read,
    folders: async () => [],
    files: async () => [],
    list: async function* () {
      yield [];
    },
  };
}
