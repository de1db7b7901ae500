// The target of a load without a receiver.
import type { ReceiverSettings } from '../../shared/http/receive.ts';
import type { LakeWriter } from '../../shared/lake/lake.ts';
import { lakeTarget } from './lake-target.ts';
import { type LoadTarget, throughEvents } from './load-target.ts';
import { isRedacted, type Snapshot } from './snapshot.ts';
import { snapshotFiles } from './snapshot-files.ts';

/** The short way writes the lines at once. Only a collection with rules in REDACT needs events, which are then redacted. */
export function targetInLake(settings: ReceiverSettings, snapshot: Snapshot, lake: LakeWriter): LoadTarget {
  return isRedacted(snapshot, settings.redactions)
    ? throughEvents(lakeTarget(settings, lake), snapshot)
    : snapshotFiles(settings, snapshot, lake);
}
