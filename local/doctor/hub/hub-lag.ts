// Checks how far each partition is behind: compares the newest message in the hub with the host's checkpoint.
import type { Environment } from '../../../shared/app/setting-reader.ts';
import { describeFault } from '../../../shared/lake/fault.ts';
import { type Check, failed, leftOut, ok } from '../check.ts';
import { askStorage } from '../storage/ask-storage.ts';
import { type Checkpoint, hostStorage, readCheckpoints } from './checkpoints.ts';
import type { HubAddress } from './hub-address.ts';
import type { Partition } from './hub-partitions.ts';

export const lagName = 'lag of the hub';

export async function lagCheck(
  partitions: readonly Partition[],
  address: HubAddress,
  environment: Environment,
  nowMs: number,
): Promise<Check> {
  const storage = await hostStorage(environment);
  if (storage === undefined)
    return leftOut(
      lagName,
      'AzureWebJobsStorage must be set here as in the app, because that storage has the checkpoints: it is not set',
      'export AzureWebJobsStorage__blobServiceUri=https://<storage of the app>.blob.core.windows.net',
    );
  try {
    const checkpoints = await askStorage((signal) => readCheckpoints(storage, address, signal));
    return lagOf(partitions, checkpoints, nowMs);
  } catch (fault) {
    const told = describeFault(fault);
    if (/ContainerNotFound/.test(told))
      return failed(
        lagName,
        'the host must have checkpoints: its storage has none, so the trigger has never run',
        'az functionapp config appsettings list --resource-group <group> --name <app> --query "[?contains(name, \'extensionBundle\')]"   # docs/event-hubs.md, "Turn it on"',
      );
    return leftOut(
      lagName,
      `the checkpoints cannot be read: ${told}`,
      'az role assignment create --assignee <you> --role "Storage Blob Data Reader" --scope <storage of the app>',
    );
  }
}

const stillMs = 15 * 60_000;

export function lagOf(
  partitions: readonly Partition[],
  checkpoints: ReadonlyMap<string, Checkpoint>,
  nowMs: number,
): Check {
  const behind = partitions.map(({ id, begin, end }) => {
    const checkpoint = checkpoints.get(id);
    const next = checkpoint === undefined ? begin : checkpoint.sequenceNumber + 1n;
    const waiting = end < next ? 0n : end - next + 1n;
    const expired = begin > next ? begin - next : 0n;
    const isStill = waiting > 0n && (checkpoint === undefined || nowMs - checkpoint.writtenMs > stillMs);
    return { id, waiting, expired, isStill };
  });
  const told = behind.map(({ id, waiting }) => `${id}: ${waiting}`).join(', ');
  const lost = behind.filter(({ expired }) => expired > 0n);
  const logs = 'read the lines with "partition" in the log of the app (docs/operate.md), and the alert "hub lag"';
  if (lost.length > 0)
    return failed(
      lagName,
      `no message may expire before it is read: expired by partition: ${lost.map(({ id, expired }) => `${id}: ${expired}`).join(', ')}; waiting by partition: ${told}`,
      `load the documents of that time again (docs/initial-load.md), and keep messages longer: az eventhubs eventhub update --retention-time 168 …\n${logs}`,
    );
  const still = behind.filter(({ isStill }) => isStill);
  if (still.length > 0)
    return failed(
      lagName,
      `each partition must make progress: ${still.map(({ id }) => id).join(', ')} made none for 15 minutes; waiting by partition: ${told}`,
      logs,
    );
  return ok(lagName, `waiting messages by partition: ${told}`);
}
