// Opens the target of a load without a receiver.
import type { ReceiverSettings } from '../../shared/http/receive.ts';
import type { LakeWriter } from '../../shared/lake/lake.ts';
import { batchFiles } from './batch-files.ts';
import { storeInLake } from './file-store.ts';
import { lakePausesMs } from './lake-tries.ts';
import type { LoadTarget } from './load-target.ts';
import { isRedacted, type Snapshot } from './snapshot.ts';
import { snapshotFiles } from './snapshot-files.ts';
import { throughEvents } from './through-events.ts';

/**
 * The short way writes the lines at once. Only a collection with rules in REDACT needs events, which are then redacted.
 * The code for events takes a quarter of a second to start, so it is loaded only for them.
 */
export async function targetInLake(
  settings: ReceiverSettings,
  snapshot: Snapshot,
  lake: LakeWriter,
  pausesMs = lakePausesMs,
): Promise<LoadTarget> {
  if (!isRedacted(snapshot, settings.redactions)) {
    const store = batchFiles(settings.naming, snapshot, storeInLake(lake, pausesMs));
    return snapshotFiles(settings.documentFormat, snapshot, store);
  }
  const { lakeTarget } = await import('./lake-target.ts');
  return throughEvents(lakeTarget(settings, lake, pausesMs), snapshot);
}
