// The event hub: whether it and the consumer group are there, who may read, and how far behind each partition is.
import type { Environment } from '../../../shared/app/setting-reader.ts';
import type { Settings } from '../../../shared/app/settings.ts';
import { codeOf, describeFault } from '../../../shared/lake/fault.ts';
import { type Check, type Checking, failed, leftOut, leftOutAfter, ok } from '../check.ts';
import { askStorage } from '../storage/ask-storage.ts';
import { type Checkpoint, hostStorage, readCheckpoints } from './checkpoints.ts';
import { type HubAddress, hubAddress } from './hub-address.ts';
import { type FoundPartitions, type Partition, readPartitions } from './hub-partitions.ts';
import { azureReach, type HubReach } from './hub-reach.ts';
import { type FoundRoles, readRoles } from './hub-roles.ts';

export const hubNames = { hub: 'event hub', role: 'role on the hub', lag: 'lag of the hub' };

/** Nothing where no hub is named. */
export async function* checkHub(
  { eventHub }: Pick<Settings, 'eventHub'>,
  environment: Environment,
  openReach: () => Promise<HubReach> = azureReach,
): Checking {
  if (eventHub === undefined) return;
  const address = hubAddress(eventHub, environment);
  if (address === undefined) {
    yield failed(
      hubNames.hub,
      'the connection must name a namespace: EVENT_HUB_CONNECTION__fullyQualifiedNamespace, or a connection string',
      'export EVENT_HUB_CONNECTION__fullyQualifiedNamespace=<namespace>.servicebus.windows.net',
    );
    yield* leftOutAfter([hubNames.role, hubNames.lag], hubNames.hub);
    return;
  }
  const reach = await openReach();
  const found = await readPartitions(address, reach).catch((fault: unknown) => ({ kind: 'fault' as const, fault }));
  yield hubCheck(found, address);
  yield await roleCheck(address, reach);
  if (found.kind !== 'partitions') yield* leftOutAfter([hubNames.lag], hubNames.hub);
  else yield await lagCheck(found.partitions, address, environment, reach.nowMs());
}

function hubCheck(
  found: FoundPartitions | { readonly kind: 'fault'; readonly fault: unknown },
  address: HubAddress,
): Check {
  const { host, hub, consumerGroup } = address;
  const namespace = host.slice(0, host.indexOf('.'));
  switch (found.kind) {
    case 'partitions':
      return ok(
        hubNames.hub,
        `${hub} and its consumer group ${consumerGroup} answer: ${found.partitions.length} partitions`,
      );
    case 'fault':
      return failed(
        hubNames.hub,
        `the namespace must answer: ${faultOf(found.fault)}`,
        fixOfFault(found.fault, namespace),
      );
    case 'answered':
      return failed(
        hubNames.hub,
        `the hub must answer with its partitions: the namespace answers ${found.status}`,
        fixOfStatus(found.status, address, namespace),
      );
  }
}

/** `fetch` hides what happened in its cause. */
function faultOf(fault: unknown): string {
  const cause = fault instanceof Error ? codeOf(fault.cause) : undefined;
  return cause === undefined ? describeFault(fault) : `${describeFault(fault)} ${cause}`;
}

function fixOfFault(fault: unknown, namespace: string): string {
  if (/Credential|Authentication/.test(describeFault(fault))) return 'az login';
  return `az eventhubs namespace show --resource-group <group> --name ${namespace} --query "[status, publicNetworkAccess]"`;
}

function fixOfStatus(status: number, { hub, consumerGroup, access }: HubAddress, namespace: string): string {
  const inNamespace = `--resource-group <group> --namespace-name ${namespace}`;
  switch (status) {
    case 401:
      return access.kind === 'shared-key'
        ? `EVENT_HUB_CONNECTION="$(az eventhubs eventhub authorization-rule keys list ${inNamespace} --eventhub-name ${hub} --name <rule that may listen> --query primaryConnectionString --output tsv)"`
        : grantReceiver(hub, inNamespace);
    case 403:
      return `${grantReceiver(hub, inNamespace)}\nor, where the namespace has a firewall: az eventhubs namespace network-rule-set list ${inNamespace}`;
    case 404:
      return [
        `az eventhubs eventhub show ${inNamespace} --name ${hub}   # else EVENT_HUB_NAME is wrong`,
        `az eventhubs eventhub consumer-group create ${inNamespace} --eventhub-name ${hub} --name '${consumerGroup}'`,
      ].join('\n');
    default:
      return `az eventhubs eventhub show ${inNamespace} --name ${hub} --query status`;
  }
}

function grantReceiver(hub: string, inNamespace: string): string {
  return [
    'az role assignment create --assignee <principal id> --role "Azure Event Hubs Data Receiver" \\',
    `  --scope "$(az eventhubs eventhub show ${inNamespace} --name ${hub} --query id --output tsv)"`,
  ].join('\n');
}

async function roleCheck(address: HubAddress, reach: HubReach): Promise<Check> {
  const { access, host, hub } = address;
  if (access.kind === 'shared-key') return leftOut(hubNames.role, 'a connection string needs none');
  const inNamespace = `--resource-group <group> --namespace-name ${host.slice(0, host.indexOf('.'))}`;
  const found = await readRoles(address, reach).catch(
    (fault: unknown): FoundRoles => ({ kind: 'unknown', because: faultOf(fault) }),
  );
  if (found.kind === 'unknown')
    return leftOut(
      hubNames.role,
      `it cannot be looked up: ${found.because}`,
      `az role assignment list --role "Azure Event Hubs Data Receiver" --include-inherited --scope "$(az eventhubs eventhub show ${inNamespace} --name ${hub} --query id --output tsv)"`,
    );
  const must = 'the identity of the app must be allowed to receive';
  if (found.isForApp === false || found.receivers === 0)
    return failed(hubNames.role, `${must}: it has no such role`, grantReceiver(hub, inNamespace));
  return ok(
    hubNames.role,
    found.isForApp === true
      ? 'the identity of the app may receive'
      : `${found.receivers} identities may receive: EVENT_HUB_CONNECTION__clientId says which is the app's`,
  );
}

async function lagCheck(
  partitions: readonly Partition[],
  address: HubAddress,
  environment: Environment,
  nowMs: number,
): Promise<Check> {
  const storage = await hostStorage(environment);
  if (storage === undefined)
    return leftOut(
      hubNames.lag,
      'AzureWebJobsStorage must be set here as the app has it: checkpoints are there',
      'export AzureWebJobsStorage__blobServiceUri=https://<storage of the app>.blob.core.windows.net',
    );
  try {
    const checkpoints = await askStorage((signal) => readCheckpoints(storage, address, signal));
    return lagOf(partitions, checkpoints, nowMs);
  } catch (fault) {
    const told = describeFault(fault);
    if (/ContainerNotFound/.test(told))
      return failed(
        hubNames.lag,
        'the host must keep checkpoints: its storage has none, so the trigger has never run',
        'az functionapp config appsettings list --resource-group <group> --name <app> --query "[?contains(name, \'extensionBundle\')]"   # docs/event-hubs.md, "Turn it on"',
      );
    return leftOut(
      hubNames.lag,
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
  const logs = 'look for lines with "partition" in the log of the app (docs/operate.md), and for the alert "hub lag"';
  if (lost.length > 0)
    return failed(
      hubNames.lag,
      `no message may expire before it is read: in partition ${lost.map(({ id, expired }) => `${id} ${expired} did`).join(', ')}; messages that wait: ${told}`,
      `load the documents of that time again (docs/initial-load.md), and keep messages longer: az eventhubs eventhub update --retention-time 168 …\n${logs}`,
    );
  const still = behind.filter(({ isStill }) => isStill);
  if (still.length > 0)
    return failed(
      hubNames.lag,
      `each partition must go on: ${still.map(({ id }) => id).join(', ')} did not for 15 minutes; messages that wait: ${told}`,
      logs,
    );
  return ok(hubNames.lag, `messages that wait, by partition: ${told}`);
}
