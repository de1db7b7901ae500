// Finds event files of the flat layout in a lake with folders. Tables and generated views read folders only.
import { readFileName } from '../../../shared/events/file-name.ts';
import type { Naming } from '../../../shared/events/lake-path.ts';
import { describeFault } from '../../../shared/lake/fault.ts';
import type { LakeReader } from '../../../shared/lake/lake.ts';
import { withCommas } from '../../with-commas.ts';
import { type Checking, leftOut } from '../check.ts';
import { askStorage } from './ask-storage.ts';

const layoutName = 'files outside of folders';

/** Yields nothing if there are none, because most lakes have none. */
export async function* checkLayout({ layout, directory }: Naming, reader: LakeReader): Checking {
  if (layout === 'flat') return;
  try {
    const files = await askStorage((signal) => reader.files(directory, signal));
    const found = files.filter(({ path }) => readFileName(path) !== undefined).length;
    if (found === 0) return;
    const told = `${withCommas(found)} from LAKE_LAYOUT=flat: npm run query and verify read them, tables and generated views do not`;
    yield leftOut(
      layoutName,
      told,
      'npm run atlas:load -- --restart <db>.<coll>   # see docs/lake.md, "Where files are"',
    );
  } catch (fault) {
    yield leftOut(layoutName, `the storage service does not list them: ${describeFault(fault)}`);
  }
}
