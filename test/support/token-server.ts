// The token endpoint that Azure gives to an app with a managed identity, on this machine.
import { type StorageFront, startFront } from './storage-faults.ts';

const identityHeader = 'secret-of-this-app';

export interface TokenServer extends StorageFront {
  /** The environment of the app. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Its tokens name their owner: `token of <client id>`. */
export async function startTokenServer(): Promise<TokenServer> {
  const front = await startFront(async ({ headers, url = '/' }) => {
    const query = new URL(url, 'http://host').searchParams;
    const isAsked = headers['x-identity-header'] === identityHeader && query.get('api-version') === '2019-08-01';
    const resource = query.get('resource') ?? '';
    if (!isAsked || !/^https:\/\/storage\.azure\.com\/?$/.test(resource)) return { status: 400, headers: {} };
    const answer = {
      access_token: `token-of-${query.get('client_id') ?? 'the-system'}`,
      expires_on: `${Math.floor(Date.now() / 1000) + 3600}`,
      resource,
      token_type: 'Bearer',
    };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(answer)) };
  });
  const environment = { IDENTITY_ENDPOINT: `${front.origin}/msi/token`, IDENTITY_HEADER: identityHeader };
  return { ...front, environment };
}
