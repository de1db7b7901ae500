// Limits the wait for a token. Some credentials wait for ever, and every write would wait with them and hold its
// memory.
import type { TokenCredential } from '@azure/identity';
import { within } from '../../async/deadline.ts';

/** Shorter than the limit of a write. So the token fails first, and the log shows the real cause. */
const tokenMs = 8_000;

/** The sign-in of a person, for example with `az login`. */
export async function developerCredential(): Promise<TokenCredential> {
  // Loaded only here, because it takes as long to load as all other code.
  const { DefaultAzureCredential } = await import('@azure/identity');
  return impatient(new DefaultAzureCredential());
}

export function impatient(credential: TokenCredential): TokenCredential {
  return {
    getToken: async (scopes, options) => await within(tokenMs, () => credential.getToken(scopes, options)),
  };
}
