import { sha256 } from './sha256.ts';

/** Stable for the event, and tells nothing of it. */
export function webhookIdOf(token: string): string {
  return `evt_${sha256(token).slice(0, 32)}`;
}
