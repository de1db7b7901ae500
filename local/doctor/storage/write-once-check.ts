// Checks that the lake refuses a second file of one name. So a repeated event makes no second file, and changes none.
import { randomUUID } from 'node:crypto';
import type { Settings } from '../../../shared/app/settings.ts';
import { describeFault } from '../../../shared/lake/fault.ts';
import type { LakeRemover, LakeWriter } from '../../../shared/lake/lake.ts';
import type { LakeSettings } from '../../../shared/lake/open-lake.ts';
import { type Check, failed, ok } from '../check.ts';
import type { Cleanups } from '../cleanups.ts';
import type { Places } from '../places.ts';
import { askStorage } from './ask-storage.ts';
import { fixOfFault } from './fix-of-fault.ts';

export interface WriteOncePatient {
  readonly settings: Settings;
  readonly places: Places;
  readonly cleanups: Cleanups;
}

export const writeOnceName = 'write once';

/** Creates one name twice, the second time with other bytes. Readers of a lake skip its folder. */
export async function writeOnce(writer: LakeWriter, remover: LakeRemover, patient: WriteOncePatient): Promise<Check> {
  const { settings, cleanups, places } = patient;
  const { directory } = settings.naming;
  const folder = `${directory === '' ? '' : `${directory}/`}_atlas-lake-sync-doctor`;
  const path = `${folder}/probe-${randomUUID()}.json`;
  let fault: unknown;
  const check = await cleanups.after(
    () => askStorage((signal) => removeProbe(remover, path, folder, signal)).catch((error: unknown) => (fault = error)),
    () => createTwice(writer, path, settings.lake, places),
  );
  if (fault === undefined) return check;
  const stays = `its file could not be removed (${describeFault(fault)}), and stays: ${path}`;
  return { ...check, told: `${check.told}; ${stays}` };
}

async function removeProbe(remover: LakeRemover, path: string, folder: string, signal: AbortSignal): Promise<void> {
  await remover.remove(path, signal);
  // Another doctor may use the folder now.
  await remover.removeEmptyFolder(folder, signal).catch(() => undefined);
}

async function createTwice(writer: LakeWriter, path: string, settings: LakeSettings, places: Places): Promise<Check> {
  try {
    const results: string[] = [];
    for (const text of ['{"probe":1}\n', '{"probe":"another"}\n'])
      results.push(await askStorage((signal) => writer.create(path, Buffer.from(text), 'application/json', signal)));
    if (results.join() === 'created,exists')
      return ok(writeOnceName, 'the lake creates a file, and refuses a second file of its name');
    return failed(
      writeOnceName,
      `a second file of one name must be refused: the storage answered ${results.join(', then ')}`,
      'set LAKE_URL to a storage service that honours If-None-Match: Azure Data Lake Storage Gen2, OneLake or Azurite',
    );
  } catch (fault) {
    const told = `the identity must be able to create files: ${describeFault(fault)}`;
    return failed(writeOnceName, told, fixOfFault(fault, settings, places));
  }
}
