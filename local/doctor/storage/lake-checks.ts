// Checks the lake as the receiver uses it: through the same adapter, with the same settings.
import { describeFault } from '../../../shared/lake/fault.ts';
import type { LakeReader, LakeRemover, LakeWriter } from '../../../shared/lake/lake.ts';
import { type LakeSettings, openReader, openRemover, openWriter } from '../../../shared/lake/open-lake.ts';
import { type Check, type Checking, failed, leftOut, leftOutAfter, ok } from '../check.ts';
import { checkClock } from '../clock-check.ts';
import { askStorage } from './ask-storage.ts';
import { fixOfFault } from './fix-of-fault.ts';
import type { LakeInspector } from './lake-inspector.ts';
import { checkLayout } from './layout-check.ts';
import { namespaceName, namespaceOf } from './namespace-check.ts';
import { openInspector } from './open-inspector.ts';
import { type WriteOncePatient, writeOnce, writeOnceName } from './write-once-check.ts';

export const lakeNames = {
  container: 'container',
  clock: 'clock of the storage',
  namespace: namespaceName,
  writeOnce: writeOnceName,
};
const others = [lakeNames.clock, lakeNames.namespace, lakeNames.writeOnce];

/** Returns a reader of the lake. Undefined if the container does not answer. */
export async function* checkLake(patient: WriteOncePatient): Checking<LakeReader | undefined> {
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
  yield ok(lakeNames.container, `answers to ${accessOf(settings.lake)}`);
  yield await clockOfStorage(opened.inspector);
  yield await namespaceOf(settings.lake.location, opened.inspector, places);
  yield await writeOnce(opened.writer, opened.remover, patient);
  yield* checkLayout(settings.naming, opened.reader);
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
      return "your own sign-in; the app's identity needs the same role";
  }
}

async function clockOfStorage(inspector: LakeInspector): Promise<Check> {
  const sentMs = Date.now();
  try {
    const date = await askStorage(inspector.serverDate);
    if (date === undefined) return leftOut(lakeNames.clock, 'a folder uses the clock of this machine');
    return checkClock(lakeNames.clock, 'the storage service', { date, sentMs, answeredMs: Date.now() });
  } catch (fault) {
    return leftOut(lakeNames.clock, `the storage service does not send its time: ${describeFault(fault)}`);
  }
}
