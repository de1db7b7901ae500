// The lake as the receiver uses it: through its own adapter, with the same settings.
import { randomUUID } from 'node:crypto';
import type { Settings } from '../../../shared/app/settings.ts';
import { describeFault } from '../../../shared/lake/fault.ts';
import type { LakeReader, LakeRemover, LakeWriter } from '../../../shared/lake/lake.ts';
import type { LakeLocation } from '../../../shared/lake/lake-url.ts';
import { type LakeSettings, openReader, openRemover, openWriter } from '../../../shared/lake/open-lake.ts';
import { type Check, type Checking, failed, leftOut, leftOutAfter, ok } from '../check.ts';
import type { Cleanups } from '../cleanups.ts';
import { checkClock } from '../clock-check.ts';
import type { Places } from '../places.ts';
import { askStorage } from './ask-storage.ts';
import { fixOfFault } from './fix-of-fault.ts';
import type { LakeInspector } from './lake-inspector.ts';
import { openInspector } from './open-inspector.ts';

export interface LakePatient {
  readonly settings: Settings;
  readonly places: Places;
  readonly cleanups: Cleanups;
}

export const lakeNames = {
  container: 'container',
  clock: 'clock of the storage',
  namespace: 'hierarchical namespace',
  writeOnce: 'write once',
};
const others = [lakeNames.clock, lakeNames.namespace, lakeNames.writeOnce];

/** Ends with a reader of the lake; undefined where the container does not answer. */
export async function* checkLake(patient: LakePatient): Checking<LakeReader | undefined> {
  const { settings, places } = patient;
  const opened = await openAnswering(settings.lake);
  if ('fault' in opened) {
    const { fault } = opened;
    yield failed(
      lakeNames.container,
      `the container must answer: ${describeFault(fault)}`,
      fixOfFault(fault, settings.lake, places),
    );
    yield* leftOutAfter(others, lakeNames.container);
    return undefined;
  }
  yield ok(lakeNames.container, `answers, asked with ${accessOf(settings.lake)}`);
  yield await clockOfStorage(opened.inspector);
  yield await namespaceOf(settings.lake.location, opened.inspector, places);
  yield await writeOnce(opened.writer, opened.remover, patient);
  return opened.reader;
}

interface OpenedLake {
  readonly writer: LakeWriter;
  readonly reader: LakeReader;
  readonly remover: LakeRemover;
  readonly inspector: LakeInspector;
}

async function openAnswering(settings: LakeSettings): Promise<OpenedLake | { readonly fault: unknown }> {
  try {
    const writer = await openWriter(settings);
    await askStorage(writer.check);
    const [reader, remover, inspector] = await Promise.all([
      openReader(settings),
      openRemover(settings),
      openInspector(settings),
    ]);
    return { writer, reader, remover, inspector };
  } catch (fault) {
    return { fault };
  }
}

function accessOf({ location, access }: LakeSettings): string {
  if (location.kind === 'folder') return 'the rights of this process';
  switch (access.kind) {
    case 'shared-key':
      return 'the shared key';
    case 'managed-identity':
      return 'the managed identity';
    case 'developer':
      return "your own sign-in: the app's identity needs the same role";
  }
}

async function clockOfStorage(inspector: LakeInspector): Promise<Check> {
  const sentMs = Date.now();
  try {
    const date = await askStorage(inspector.serverDate);
    if (date === undefined) return leftOut(lakeNames.clock, 'a folder has the clock of this machine');
    return checkClock(lakeNames.clock, 'the storage service', { date, sentMs, answeredMs: Date.now() });
  } catch (fault) {
    return leftOut(lakeNames.clock, `the storage service does not tell its time: ${describeFault(fault)}`);
  }
}

/** Synapse, Spark and Fabric take folders for folders only where the account has them. */
export async function namespaceOf(location: LakeLocation, inspector: LakeInspector, places: Places): Promise<Check> {
  const exempt = exemptBecause(location);
  if (exempt !== undefined) return leftOut(lakeNames.namespace, exempt);
  return await askForNamespace(inspector, places);
}

function exemptBecause(location: LakeLocation): string | undefined {
  if (location.kind === 'folder') return 'a folder on this machine is hierarchical by itself';
  if (location.blobUrl.startsWith('http:')) return 'an emulator has none: ask it of the account in Azure';
  return location.dfsUrl.includes('.dfs.fabric.microsoft.') ? 'OneLake always has one' : undefined;
}

export async function askForNamespace(inspector: LakeInspector, { account }: Places): Promise<Check> {
  const ask = `az storage account show --name ${account} --query isHnsEnabled`;
  const found = await askStorage(inspector.isHierarchical).catch((fault: unknown) => ({ fault: describeFault(fault) }));
  if (typeof found === 'object')
    return leftOut(lakeNames.namespace, `the storage service does not say: ${found.fault}`, ask);
  if (found === undefined) return leftOut(lakeNames.namespace, 'this identity may not ask', ask);
  if (found) return ok(lakeNames.namespace, 'on');
  return failed(
    lakeNames.namespace,
    'the account must have a hierarchical namespace: it has none',
    `az storage account hns-migration start --type upgrade --name ${account} --resource-group <group>\nor another account: az storage account create --enable-hierarchical-namespace true …, and LAKE_URL to it`,
  );
}

/** Creates one name twice, the second time with other bytes, in a folder that readers of a lake skip. */
async function writeOnce(writer: LakeWriter, remover: LakeRemover, patient: LakePatient): Promise<Check> {
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
  const stays = `its file could not be removed (${describeFault(fault)}) and stays: ${path}`;
  return { ...check, told: `${check.told}; ${stays}` };
}

async function removeProbe(remover: LakeRemover, path: string, folder: string, signal: AbortSignal): Promise<void> {
  await remover.remove(path, signal);
  // Another doctor may be at work there.
  await remover.removeEmptyFolder(folder, signal).catch(() => undefined);
}

async function createTwice(writer: LakeWriter, path: string, settings: LakeSettings, places: Places): Promise<Check> {
  try {
    const results: string[] = [];
    for (const text of ['{"probe":1}\n', '{"probe":"another"}\n'])
      results.push(await askStorage((signal) => writer.create(path, Buffer.from(text), 'application/json', signal)));
    if (results.join() === 'created,exists')
      return ok(lakeNames.writeOnce, 'a file is created, and a second of its name is refused');
    return failed(
      lakeNames.writeOnce,
      `a second file of one name must be refused: the storage answered ${results.join(', then ')}`,
      'LAKE_URL must name a storage service that honours If-None-Match: Azure Data Lake Storage Gen2, OneLake or Azurite',
    );
  } catch (fault) {
    const told = `the identity must be able to create files: ${describeFault(fault)}`;
    return failed(lakeNames.writeOnce, told, fixOfFault(fault, settings, places));
  }
}
