// Replaces an Event Hubs namespace and Azure Resource Manager, as far as the doctor asks them. It refuses a missing or
// wrong token, and a missing hub or consumer group. Bodies are XML, as https://learn.microsoft.com/rest/api/eventhub
// has them.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import type { HubReach } from '../../local/doctor/hub/hub-reach.ts';
import { portOf } from './port-of.ts';

export interface StandIn {
  readonly host: string;
  readonly hub: string;
  readonly group: string;
  readonly key: string;
  /** The first and the last number, by partition. */
  readonly partitions: readonly (readonly [number, number])[];
  /** The principals that may receive. */
  readonly receivers: readonly string[];
  /** A token of the person may read the hub's data. */
  readonly mayRead: boolean;
  readonly mayAskArm: boolean;
}

export const standIn: StandIn = {
  host: 'ns-shop.servicebus.windows.net',
  hub: 'MongoDB',
  group: '$Default',
  key: 'key+/of=the+rule=',
  partitions: [
    [0, 41],
    [100, 99],
  ],
  receivers: ['principal-of-the-app'],
  mayRead: true,
  mayAskArm: true,
};

export const nowMs = Date.now();

export async function startHub(t: TestContext, hub: StandIn): Promise<HubReach> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const isArm = url.pathname.startsWith('/subscriptions');
    const [status, body] = isArm ? armAnswer(url, request, hub) : hubAnswer(url, request, hub);
    response.writeHead(status, { 'content-type': isArm ? 'application/json' : 'application/atom+xml' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const origin = `http://127.0.0.1:${portOf(server)}`;
  return {
    hubOrigin: () => origin,
    armOrigin: origin,
    token: async (scope) => `token-for-${scope}`,
    nowMs: () => nowMs,
  };
}

type Answer = readonly [number, string];

function hubAnswer({ pathname, searchParams }: URL, request: IncomingMessage, hub: StandIn): Answer {
  const authorization = request.headers.authorization ?? '';
  if (searchParams.get('api-version') !== '2014-01') return [400, error(400, 'api-version')];
  if (
    authorization.startsWith('SharedAccessSignature ')
      ? !isSigned(authorization, hub)
      : !authorization.startsWith('Bearer ')
  )
    return [401, error(401, 'MalformedToken: Failed to parse the authorization header.')];
  if (authorization.startsWith('Bearer ') && authorization !== 'Bearer token-for-https://eventhubs.azure.net/.default')
    return [401, error(401, 'InvalidAudience')];
  if (authorization.startsWith('Bearer ') && !hub.mayRead)
    return [401, error(401, "Unauthorized access. 'Listen' claim(s) are required to perform this operation.")];
  const [, name, groups, group, word, id] = pathname.split('/').map(decodeURIComponent);
  if (name?.toLowerCase() !== hub.hub.toLowerCase() || groups !== 'consumergroups' || word !== 'partitions')
    return [404, error(404, 'The requested entity is not found.')];
  if (group?.toLowerCase() !== hub.group.toLowerCase()) return [404, error(404, 'No consumer group of this name.')];
  if (id === undefined)
    return [
      200,
      `<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">Publicly Listed Services</title>${hub.partitions.map(entry).join('')}</feed>`,
    ];
  const partition = hub.partitions[Number(id)];
  return partition === undefined ? [404, error(404, 'No such partition.')] : [200, entry(partition, Number(id))];
}

function entry([begin, end]: readonly [number, number], id: number): string {
  return `<entry xmlns="http://www.w3.org/2005/Atom"><title type="text">${id}</title><content type="application/xml"><PartitionDescription xmlns="http://schemas.microsoft.com/netservices/2010/10/servicebus/connect" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><SizeInBytes>0</SizeInBytes><BeginSequenceNumber>${begin}</BeginSequenceNumber><EndSequenceNumber>${end}</EndSequenceNumber></PartitionDescription></content></entry>`;
}

function error(code: number, detail: string): string {
  return `<Error><Code>${code}</Code><Detail>${detail}</Detail></Error>`;
}

/** Checks the resource, the time and the signature, as the service does. */
function isSigned(authorization: string, { host, key }: StandIn): boolean {
  const fields = new Map(
    authorization
      .slice('SharedAccessSignature '.length)
      .split('&')
      .map((field): [string, string] => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
  );
  const [resource = '', expiry = '', given = ''] = ['sr', 'se', 'sig'].map((name) => fields.get(name));
  const expected = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  const isOfHub = decodeURIComponent(resource).startsWith(`https://${host}/`);
  return isOfHub && Number(expiry) * 1000 > nowMs && decodeURIComponent(given) === expected && fields.has('skn');
}

function armAnswer({ pathname, searchParams }: URL, { headers }: IncomingMessage, hub: StandIn): Answer {
  if (headers.authorization !== 'Bearer token-for-https://management.azure.com/.default') return [401, '{}'];
  if (!hub.mayAskArm) return [403, '{"error":{"code":"AuthorizationFailed"}}'];
  if (!searchParams.has('api-version')) return [400, '{"error":{"code":"MissingApiVersionParameter"}}'];
  const [namespace] = hub.host.split('.');
  const scope = `/subscriptions/s2/resourceGroups/g/providers/Microsoft.EventHub/namespaces/${namespace}`;
  const values: Readonly<Record<string, readonly unknown[]>> = {
    '/subscriptions': [{ id: '/subscriptions/s1' }, { id: '/subscriptions/s2' }],
    '/subscriptions/s1/providers/Microsoft.EventHub/namespaces': [{ id: '/subscriptions/s1/x/namespaces/another' }],
    '/subscriptions/s2/providers/Microsoft.EventHub/namespaces': [{ id: scope }],
    [`${scope}/eventhubs/${hub.hub}/providers/Microsoft.Authorization/roleAssignments`]: [
      {
        properties: {
          roleDefinitionId: '/x/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7',
          principalId: 'reader',
        },
      },
      ...hub.receivers.map((principalId) => ({
        properties: { roleDefinitionId: '/x/roleDefinitions/a638d3c7-ab3a-418d-83e6-5f17a39d4fde', principalId },
      })),
    ],
    '/subscriptions/s2/providers/Microsoft.ManagedIdentity/userAssignedIdentities': [
      { properties: { clientId: 'another', principalId: 'another-principal' } },
      { properties: { clientId: 'client-of-the-app', principalId: 'principal-of-the-app' } },
    ],
  };
  const value = values[pathname];
  return value === undefined ? [404, '{"error":{"code":"ResourceNotFound"}}'] : [200, JSON.stringify({ value })];
}
