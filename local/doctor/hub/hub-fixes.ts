// The fix for each way in which the event hub does not answer as it must.
import { codeOf, describeFault } from '../../../shared/lake/fault.ts';
import type { HubAddress } from './hub-address.ts';

/** An error of `fetch` has the system's code in its cause. */
export function faultOf(fault: unknown): string {
  const cause = fault instanceof Error ? codeOf(fault.cause) : undefined;
  return cause === undefined ? describeFault(fault) : `${describeFault(fault)} ${cause}`;
}

export function fixOfFault(fault: unknown, namespace: string): string {
  if (/Credential|Authentication/.test(describeFault(fault))) return 'az login';
  return `az eventhubs namespace show --resource-group <group> --name ${namespace} --query "[status, publicNetworkAccess]"`;
}

export function fixOfStatus(status: number, { hub, consumerGroup, access }: HubAddress, namespace: string): string {
  const inNamespace = `--resource-group <group> --namespace-name ${namespace}`;
  switch (status) {
    case 401:
      return access.kind === 'shared-key'
        ? `EVENT_HUB_CONNECTION="$(az eventhubs eventhub authorization-rule keys list ${inNamespace} --eventhub-name ${hub} --name <rule that may listen> --query primaryConnectionString --output tsv)"`
        : grantReceiver(hub, inNamespace);
    case 403:
      return `${grantReceiver(hub, inNamespace)}\nor, if the namespace has a firewall: az eventhubs namespace network-rule-set list ${inNamespace}`;
    case 404:
      return [
        `az eventhubs eventhub show ${inNamespace} --name ${hub}   # else EVENT_HUB_NAME is wrong`,
        `az eventhubs eventhub consumer-group create ${inNamespace} --eventhub-name ${hub} --name '${consumerGroup}'`,
      ].join('\n');
    default:
      return `az eventhubs eventhub show ${inNamespace} --name ${hub} --query status`;
  }
}

export function grantReceiver(hub: string, inNamespace: string): string {
  return [
    'az role assignment create --assignee <principal id> --role "Azure Event Hubs Data Receiver" \\',
    `  --scope "$(az eventhubs eventhub show ${inNamespace} --name ${hub} --query id --output tsv)"`,
  ].join('\n');
}
