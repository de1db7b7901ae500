// A credential that answers in time or fails. Some wait without end for their server, and with them every write would wait, and
// the memory it holds.
import type { TokenCredential } from '@azure/identity';
import { within } from '../../async/deadline.ts';

/** Less than a write may take: so it is the token that fails, and the log says so. */
const tokenMs = 8_000;

/** The sign-in of a person, such as that of `az login`. */
export async function developerCredential(): Promise<TokenCredential> {
  // Loaded only here: the identity library takes as long to load as all the rest.
  const { DefaultAzureCredential } = await import('@azure/identity');
  return impatient(new DefaultAzureCredential());
}

export function impatient(credential: TokenCredential): TokenCredential {
  return {
    getToken: async (scopes, options) => await within(tokenMs, () => credential.getToken(scopes, options)),
  };
}
