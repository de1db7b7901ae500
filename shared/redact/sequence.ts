// Hides the document key in a `sequence`. A `sequence` is a resume token, and the token has the key in readable hex.
import type { ChangeEvent } from '../events/change-event.ts';
import { openBrace } from '../json/json-bytes.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { PathTree } from './rules.ts';

/** Whether the token can contain a redacted value. */
export function tokenMayTell(event: ChangeEvent, paths: PathTree, isKeyChanged: boolean): boolean {
  if (paths.children.has('_id') || isKeyChanged) return true;
  const documentKey = event.fields.get('documentKey');
  // A trigger's `project` and the splitting of large events take the key from the event, not from the token. If a
  // change is not about a document, the token can contain the description of the operation.
  if (documentKey === undefined || event.text[documentKey.start] !== openBrace) return true;
  return carriesName(Buffer.from(event.sequence, 'hex').toString('latin1'), paths, '');
}

/**
 * Resume tokens contain field names in clear text, NUL-terminated. This includes fields that the event's own key lacks.
 */
function carriesName(token: string, { children }: PathTree, parent: string): boolean {
  for (const [name, paths] of children) {
    const path = parent + Buffer.from(name).toString('latin1');
    // Every token has an `_id`. It must not count as an `id`.
    const found = token.replaceAll(`_${path}`, '');
    if (found.includes(`${path}\0`)) return true;
    const isOnTheWay = paths.action === undefined;
    if (isOnTheWay ? carriesName(token, paths, `${path}.`) : found.includes(`${path}.`)) return true;
  }
  return false;
}

/**
 * Keeps the time of the token for sorting, and hashes the rest. The result is unique and the same at each delivery.
 * Events of one `clusterTime` lose their order. A snapshot token has an increment of zero and then a zero byte. Both
 * stay, so that it sorts before every event since its time.
 */
export function sequenceWithoutKey(token: string, hash: KeyedHash): string {
  const kept = /^82[0-9A-F]{8}(?:0{10}(?=[0-9A-F]{32}$)|[0-9A-F]{8})/i.exec(token)?.[0] ?? '';
  return kept + hash(token).toUpperCase();
}
