// Asks Azure about an event hub, over HTTPS with a token. Tests replace it by a stand-in.
import { createHmac } from 'node:crypto';
import { deadlineIn } from '../../../shared/async/deadline.ts';
import { developerCredential } from '../../../shared/lake/azure/impatient-credential.ts';
import type { HubAddress } from './hub-address.ts';

export interface HubReach {
  /** `https://<host>` of the namespace. */
  readonly hubOrigin: (host: string) => string;
  /** Azure Resource Manager. */
  readonly armOrigin: string;
  /** A token of Microsoft Entra for this scope. */
  readonly token: (scope: string) => Promise<string>;
  readonly nowMs: () => number;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

export async function azureReach(): Promise<HubReach> {
  const credential = await developerCredential();
  return {
    hubOrigin: (host) => `https://${host}`,
    armOrigin: 'https://management.azure.com',
    token: async (scope) => {
      const token = await credential.getToken(scope);
      if (token === null) throw new Error('Cannot ask Azure: the sign-in must give a token: it gave none');
      return token.token;
    },
    nowMs: Date.now,
  };
}

const limitMs = 30_000;

/** Never follows a redirect, because the token is for this host only. */
export async function ask(url: string, authorization: string): Promise<Answered> {
  using deadline = deadlineIn(limitMs);
  const { signal } = deadline;
  const answer = await fetch(url, { headers: { authorization }, redirect: 'manual', signal });
  return { status: answer.status, text: await answer.text() };
}

/** The hub's own endpoint needs a token of Entra, or a signature with the key of a connection string. */
export async function hubAuthorization(address: HubAddress, reach: HubReach): Promise<string> {
  const { access, host, hub } = address;
  if (access.kind === 'identity') return `Bearer ${await reach.token('https://eventhubs.azure.net/.default')}`;
  // https://learn.microsoft.com/rest/api/eventhub/generate-sas-token
  const resource = encodeURIComponent(`https://${host}/${hub}`);
  const expiry = Math.floor(reach.nowMs() / 1000) + 600;
  const signature = createHmac('sha256', access.key).update(`${resource}\n${expiry}`).digest('base64');
  const fields = `sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${encodeURIComponent(access.keyName)}`;
  return `SharedAccessSignature ${fields}`;
}
