// Finds data files that no version of a table refers to. A lost race or a crash leaves them. No reader sees them.
import type { LakeFile } from '../lake/lake.ts';
import { dataPath } from './delta/data-path.ts';
import { loadSnapshot } from './delta/snapshot.ts';
import { type Collection, joined } from './lake-files.ts';
import type { TablesPlace } from './places.ts';

export async function orphansOf(
  { reader, directory }: TablesPlace,
  { db, coll }: Collection,
  olderThanMs: number,
  signal: AbortSignal,
): Promise<LakeFile[]> {
  const folder = joined(directory, db, coll);
  const found: LakeFile[] = [];
  // The list comes before the log, so that a commit between the two protects its file.
  for await (const page of reader.list(folder, signal)) {
    for (const file of page)
      if (/\/date=[^/]+\/part-[^/]+\.parquet$/.test(file.path) && file.modifiedMs < olderThanMs) found.push(file);
  }
  const { version, adds, removes } = await loadSnapshot(reader, folder, signal);
  if (version < 0) return found;
  const used = new Set([...adds.keys(), ...removes.keys()].map((path) => dataPath(folder, path)));
  return found.filter(({ path }) => !used.has(path));
}
