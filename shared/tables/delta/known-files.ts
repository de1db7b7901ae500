// The files of the lake that a data file contains. Its footer lists them: one read for up to 100,000 files.
// docs/decisions/015 has the reasons.

import { digestOf } from '../../events/lake-path.ts';
import { textIn } from '../../json/record.ts';
import type { LakeReader } from '../../lake/lake.ts';
import type { DigestSet } from '../digest-set.ts';
import { openParquet } from '../parquet/read-parquet.ts';
import type { AddFile } from './actions.ts';
import { dataPath } from './data-path.ts';

/** In the footer: eight bytes for each file of the lake, the digest of its name, in base64. */
export const filesKey = 'atlasLakeSync.files';

export async function addKnownDigests(
  digests: DigestSet,
  reader: LakeReader,
  folder: string,
  add: AddFile,
  signal: AbortSignal,
): Promise<void> {
  const file = await openParquet(reader, dataPath(folder, add.path), add.size, signal);
  const noted = file.metadata.key_value_metadata?.find(({ key }) => key === filesKey)?.value;
  if (noted !== undefined) {
    digests.addBytes(Buffer.from(noted, 'base64'));
    return;
  }
  // Another engine wrote the file. Its rows give the names of its event files: a name is a digest of the event.
  for (const group of file.metadata.row_groups.keys()) {
    for (const { db, coll, sequence } of await file.readGroup(group, ['db', 'coll', 'sequence'])) {
      if (typeof sequence === 'string') digests.add(digestOf({ db: textIn(db), coll: textIn(coll), sequence }));
    }
  }
}
