// A document of a dump → what its snapshot event needs. docs/lake.md, "The token of a snapshot event", has the rule; the Atlas
// function loadCollection keeps the same one.
import { openBrace, skipSpace } from '../../shared/json/json-bytes.ts';
import { bufferOf, memberOf, type Span } from '../../shared/json/json-text.ts';
import { pathsFor, type Redactions } from '../../shared/redact/rules.ts';
import type { DumpDocument } from '../dump/dump-document.ts';
import { DumpFault } from '../dump/dump-fault.ts';
import { snapshotTokens } from './snapshot-token.ts';

export interface Snapshot {
  readonly database: string;
  readonly collection: string;
  /** T0: the second at which the collection was as the dump has it, or earlier. */
  readonly seconds: number;
  /** The fields of a sharded collection's key, in order. `_id` follows them, unless it is one of them. */
  readonly shardKey: readonly string[];
}

export interface SnapshotDocument {
  readonly text: Buffer;
  readonly place: string;
  /** Where in the text its `_id` is. */
  readonly id: Span;
  /** Its document key as JSON, where that has more fields than `_id`. */
  readonly shardedKey: string | undefined;
  /** The token of its snapshot event. */
  readonly sequence: string;
}

export function snapshotDocuments(snapshot: Snapshot): (read: DumpDocument) => SnapshotDocument {
  const { database, collection, seconds, shardKey } = snapshot;
  const tokens = snapshotTokens(seconds, database, collection);
  const isSharded = shardKey.some((field) => field !== '_id');
  return ({ text: bytes, place, id = valueAt(bytes, ['_id']) }) => {
    if (id === undefined) throw new DumpFault('a document must have an "_id"', place);
    const text = bufferOf(bytes);
    const shardedKey = isSharded ? keyWith(shardKey, text) : undefined;
    const sequence = shardedKey === undefined ? tokens.ofId(text, id) : tokens.ofKey(shardedKey);
    return { text, place, id, shardedKey, sequence };
  };
}

/** The document key, as JSON. */
export function documentKey({ text, id, shardedKey }: SnapshotDocument): string {
  return shardedKey ?? `{"_id":${text.toString('utf8', id.start, id.end)}}`;
}

export function documentKeyBytes({ id, shardedKey }: SnapshotDocument): number {
  return shardedKey === undefined ? '{"_id":}'.length + id.end - id.start : Buffer.byteLength(shardedKey);
}

/** Whether a rule of REDACT names the collection. */
export function isRedacted({ database, collection }: Snapshot, redactions: Redactions | undefined): boolean {
  return redactions !== undefined && pathsFor(redactions, database, collection) !== undefined;
}

function keyWith(shardKey: readonly string[], text: Buffer): string {
  const members: string[] = [];
  for (const field of shardKey.includes('_id') ? shardKey : [...shardKey, '_id']) {
    const value = valueAt(text, field.split('.'));
    // A field that the document lacks is not in the key of its events either.
    if (value === undefined) continue;
    members.push(`${JSON.stringify(field)}:${text.toString('utf8', value.start, value.end)}`);
  }
  return `{${members.join()}}`;
}

function valueAt(text: Uint8Array, path: readonly string[]): Span | undefined {
  let value: Span | undefined = { start: skipSpace(text, 0), end: text.length };
  for (const name of path)
    value = value !== undefined && text[value.start] === openBrace ? memberOf(text, value.start, name) : undefined;
  return value;
}
