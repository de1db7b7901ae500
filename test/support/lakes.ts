// Real lakes in temporary folders, and lakes that fail.
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folderLake } from '../../shared/lake/folder/folder-lake.ts';
import type { Lake } from '../../shared/lake/lake.ts';

export interface TemporaryLake extends Lake {
  readonly folder: string;
  readonly files: () => Promise<ReadonlyMap<string, string>>;
}

export async function temporaryLake(t: Pick<TestContext, 'after'>): Promise<TemporaryLake> {
  const folder = await temporaryFolder(t);
  return { folder, files: () => filesIn(folder), ...folderLake(folder) };
}

export async function temporaryFolder(t: Pick<TestContext, 'after'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lake-'));
  // A write that nobody waits for any more may still be under way.
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

/** Every file that a reader of the lake sees, by path. */
export async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const paths = globSync('**/*.{json,jsonl}', { cwd: folder }).sort();
  const read = paths.map(
    async (path) => [path.replaceAll('\\', '/'), await readFile(join(folder, path), 'utf8')] as const,
  );
  return new Map(await Promise.all(read));
}

/** Storage that answers the writes whose path it names with an error, and all others as the lake does. */
export function failing(lake: Lake, failureOf: (path: string) => Error | undefined): Lake {
  return {
    ...lake,
    create: async (path, content, signal) => {
      const failure = failureOf(path);
      if (failure !== undefined) throw failure;
      return await lake.create(path, content, signal);
    },
  };
}

/** Storage that takes a write and never answers; only the deadline ends it. */
export function hanging(lake: Lake): Lake {
  return {
    ...lake,
    create: (_path, _content, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  };
}
