// A credential that answers in time or fails. Some wait without end for their server, and with them every write would wait, and
// the memory it holds.
import type { TokenCredential } from '@azure/identity';
import { within } from '../../async/deadline.ts';

/** Less than a write may take: so it is the token that fails, and the log says so. */
const tokenMs = 8_000;

export function impatient(credential: TokenCredential): TokenCredential {
  return {
    getToken: async (scopes, options) => await within(tokenMs, () => credential.getToken(scopes, options)),
  };
}
