// Makes the names of triggers. For Atlas a new name is a new trigger, without the old trigger's place in the stream. So
// a name depends on its own namespace only, not on other entries.
import { createHash } from 'node:crypto';
import { type Namespace, textOf } from './lake-sync.ts';

/** The command changes and removes only triggers with this prefix. */
export const ownPrefix = 'lake-sync-';
export const drainTriggerName = `${ownPrefix}drain`;
export const loadTriggerName = `${ownPrefix}load`;

const maxLength = 64;

export function triggerName(namespace: Namespace): string {
  const { database, collection } = namespace;
  const parts = collection === undefined ? [database] : [database, collection];
  const name = `${ownPrefix}${parts.join('-')}`;
  // Names can contain hyphens. Otherwise shop-eu.orders and shop.eu-orders would have one trigger name.
  const saysAll = parts.every((part) => /^\w+$/.test(part)) && name.length <= maxLength;
  return saysAll && name !== drainTriggerName && name !== loadTriggerName ? name : withDigest(name, textOf(namespace));
}

export function withDigest(name: string, namespace: string): string {
  const digest = createHash('sha256').update(namespace).digest('hex').slice(0, 12);
  const readable = Array.from(name, (letter) => (/[\w-]/.test(letter) ? letter : '_')).join('');
  return `${readable.slice(0, maxLength - digest.length - 2)}--${digest}`;
}
