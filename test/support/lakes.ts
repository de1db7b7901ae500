// Real lakes in temporary folders, and lakes that fail.
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folderReader } from '../../shared/lake/folder/folder-reader.ts';
import { folderWriter } from '../../shared/lake/folder/folder-writer.ts';
import type { LakeReader, LakeWriter } from '../../shared/lake/lake.ts';

export interface TemporaryLake extends LakeWriter {
  readonly folder: string;
  readonly reader: LakeReader;
  readonly files: () => Promise<ReadonlyMap<string, string>>;
}

export async function temporaryLake(t: Pick<TestContext, 'after'>): Promise<TemporaryLake> {
  const folder = await temporaryFolder(t);
  return { folder, reader: folderReader(folder), files: () => filesIn(folder), ...folderWriter(folder) };
}

export async function temporaryFolder(t: Pick<TestContext, 'after'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lake-'));
  // A write that its caller gave up may still run.
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

/** Storage that fails the writes of certain paths, and passes all others to the lake. */
export function failing(lake: LakeWriter, failureOf: (path: string) => Error | undefined): LakeWriter {
  return {
    ...lake,
    create: async (path, content, contentType, signal) => {
      const failure = failureOf(path);
      if (failure !== undefined) throw failure;
      return await lake.create(path, content, contentType, signal);
    },
  };
}

/** Storage that takes a write and never answers. Only the deadline ends it. */
export function hanging(lake: LakeWriter): LakeWriter {
  return {
    ...lake,
    create: (_path, _content, _contentType, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  };
}

/** Nothing listens on port 1. */
export const unreachableLake = {
  LAKE_URL: 'http://127.0.0.1:1/devstoreaccount1/lake/atlas',
  STORAGE_ACCOUNT_KEY: 'c2VjcmV0',
};
