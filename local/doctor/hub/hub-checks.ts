// Checks the event hub: its existence and that of its consumer group, the app's right to receive, and the lag of each
// partition.
import type { Environment } from '../../../shared/app/setting-reader.ts';
import type { Settings } from '../../../shared/app/settings.ts';
import { type Check, type Checking, failed, leftOut, leftOutAfter, ok } from '../check.ts';
import { type HubAddress, hubAddress } from './hub-address.ts';
import { faultOf, fixOfFault, fixOfStatus, grantReceiver } from './hub-fixes.ts';
import { lagCheck, lagName } from './hub-lag.ts';
import { type FoundPartitions, readPartitions } from './hub-partitions.ts';
import { azureReach, type HubReach } from './hub-reach.ts';
import { type FoundRoles, readRoles } from './hub-roles.ts';

export const hubNames = { hub: 'event hub', role: 'role on the hub', lag: lagName };

/** Makes no check if no setting names a hub. */
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
      'EVENT_HUB_CONNECTION__fullyQualifiedNamespace or EVENT_HUB_CONNECTION must name a namespace of Azure: neither does',
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
        `the hub must answer with its partitions: the namespace answered ${found.status}`,
        fixOfStatus(found.status, address, namespace),
      );
  }
}

async function roleCheck(address: HubAddress, reach: HubReach): Promise<Check> {
  const { access, host, hub } = address;
  if (access.kind === 'shared-key') return leftOut(hubNames.role, 'a connection string needs no role');
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
  const must = 'the identity of the app must have a role that may receive';
  if (found.isForApp === false || found.receivers === 0)
    return failed(hubNames.role, `${must}: it has none`, grantReceiver(hub, inNamespace));
  return ok(
    hubNames.role,
    found.isForApp === true
      ? 'the identity of the app may receive'
      : `${found.receivers} identities may receive; set EVENT_HUB_CONNECTION__clientId to check the app's own`,
  );
}
