// Finds who may receive from the hub. Azure Resource Manager shows this to people with the right to read it.
import { isRecord } from '../../../shared/json/record.ts';
import type { HubAddress } from './hub-address.ts';
import { ask, type HubReach } from './hub-reach.ts';

export type FoundRoles =
  /** `isForApp` is undefined if no setting names the app's identity, or if it cannot be looked up. */
  | { readonly kind: 'roles'; readonly receivers: number; readonly isForApp: boolean | undefined }
  | { readonly kind: 'unknown'; readonly because: string };

/** Azure Event Hubs Data Receiver and Data Owner. */
const roles = ['a638d3c7-ab3a-418d-83e6-5f17a39d4fde', 'f526a384-b230-433a-b45c-95f59c4a2dec'];

export async function readRoles(address: HubAddress, reach: HubReach): Promise<FoundRoles> {
  const authorization = `Bearer ${await reach.token('https://management.azure.com/.default')}`;
  const name = address.host.slice(0, address.host.indexOf('.'));
  const subscriptions = await list('/subscriptions?api-version=2022-12-01');
  if (typeof subscriptions === 'number') return unknown(`Azure answers ${subscriptions} to a list of subscriptions`);
  for (const subscription of ids(subscriptions)) {
    const namespaces = await list(`${subscription}/providers/Microsoft.EventHub/namespaces?api-version=2024-01-01`);
    const namespace = typeof namespaces === 'number' ? undefined : ids(namespaces).find((id) => endsWith(id, name));
    if (namespace === undefined) continue;
    const scope = `${namespace}/eventhubs/${encodeURIComponent(address.hub)}`;
    const filter = encodeURIComponent('atScope()');
    const assigned = await list(
      `${scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=${filter}`,
    );
    if (typeof assigned === 'number') return unknown(`Azure answers ${assigned} to a list of role assignments`);
    const receivers = new Set(assigned.flatMap((one) => receiverIn(one)));
    return { kind: 'roles', receivers: receivers.size, isForApp: await isForApp(subscription, receivers) };
  }
  return unknown('no subscription that you can read has the namespace');

  async function isForApp(subscription: string, receivers: ReadonlySet<string>): Promise<boolean | undefined> {
    const clientId = address.access.kind === 'identity' ? address.access.clientId : undefined;
    if (clientId === undefined) return undefined;
    const path = `${subscription}/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version=2023-01-31`;
    const identities = await list(path);
    if (typeof identities === 'number') return undefined;
    const own = identities.map(propertiesOf).find((one) => one['clientId'] === clientId);
    return own === undefined ? undefined : receivers.has(String(own['principalId']));
  }

  /** Returns the members of `value` from all pages, or the status if it is not 200. */
  async function list(path: string): Promise<readonly Readonly<Record<string, unknown>>[] | number> {
    const found: Readonly<Record<string, unknown>>[] = [];
    for (let url: string | undefined = `${reach.armOrigin}${path}`; url !== undefined; ) {
      const { status, text } = await ask(url, authorization);
      if (status !== 200) return status;
      const page: unknown = JSON.parse(text);
      if (!isRecord(page) || !Array.isArray(page['value'])) return status;
      found.push(...page['value'].filter(isRecord));
      const next: unknown = page['nextLink'];
      // The token must not go to another host.
      url = typeof next === 'string' && next.startsWith(`${reach.armOrigin}/`) ? next : undefined;
    }
    return found;
  }
}

function unknown(because: string): FoundRoles {
  return { kind: 'unknown', because };
}

function ids(resources: readonly Readonly<Record<string, unknown>>[]): string[] {
  return resources.map(({ id }) => String(id)).filter((id) => id.startsWith('/subscriptions/'));
}

function endsWith(id: string, name: string): boolean {
  return id.toLowerCase().endsWith(`/${name}`);
}

function receiverIn(assignment: Readonly<Record<string, unknown>>): string[] {
  const { roleDefinitionId, principalId } = propertiesOf(assignment);
  const isReceiver = roles.some((role) => endsWith(String(roleDefinitionId), role));
  return isReceiver && typeof principalId === 'string' ? [principalId] : [];
}

function propertiesOf({ properties }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return isRecord(properties) ? properties : {};
}
