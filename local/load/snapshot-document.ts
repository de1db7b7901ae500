// Reads what a snapshot event needs from a document of a dump. docs/lake.md, "The token of a snapshot event", has the
// rule. The Atlas function loadCollection follows the same rule.
import { openBrace } from '../../shared/json/json-bytes.ts';
import { memberOf, type Span } from '../../shared/json/json-text.ts';
import { type DumpDocument, placeOf } from '../dump/dump-document.ts';
import { DumpFault } from '../dump/dump-fault.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotKeys } from './snapshot-key.ts';

export interface SnapshotDocument extends DumpDocument {
  readonly id: Span;
  /** Its document key as JSON, if it has more fields than `_id`. */
  readonly shardedKey: string | undefined;
}

export function snapshotDocuments({ shardKey }: Snapshot): (read: DumpDocument) => SnapshotDocument {
  const isSharded = shardKey.some((field) => field !== '_id');
  return (read) => {
    const { text, start, end, marks, placeAt, id = valueAt(read, ['_id']) } = read;
    if (id === undefined) throw new DumpFault('a document must have an "_id"', placeOf(read));
    const shardedKey = isSharded ? keyWith(shardKey, read) : undefined;
    return { text, start, end, marks, placeAt, id, shardedKey };
  };
}

/** The name of the snapshot event of a document. The bytes are valid until the next call. */
export function eventKeys({ database, collection }: Snapshot): (document: SnapshotDocument) => Buffer {
  const { ofId, ofKey } = snapshotKeys(database, collection);
  return ({ text, id, shardedKey }) => (shardedKey === undefined ? ofId(text, id) : ofKey(shardedKey));
}

/** The document key, as JSON. */
export function documentKey({ text, id, shardedKey }: SnapshotDocument): string {
  return shardedKey ?? `{"_id":${text.toString('utf8', id.start, id.end)}}`;
}

export function documentKeyBytes({ id, shardedKey }: SnapshotDocument): number {
  return shardedKey === undefined ? '{"_id":}'.length + id.end - id.start : Buffer.byteLength(shardedKey);
}

function keyWith(shardKey: readonly string[], document: DumpDocument): string {
  const members: string[] = [];
  for (const field of shardKey.includes('_id') ? shardKey : [...shardKey, '_id']) {
    const value = valueAt(document, field.split('.'));
    // If the document lacks a field, the key of its events lacks it too.
    if (value === undefined) continue;
    members.push(`${JSON.stringify(field)}:${document.text.toString('utf8', value.start, value.end)}`);
  }
  return `{${members.join()}}`;
}

function valueAt({ text, start, end }: DumpDocument, path: readonly string[]): Span | undefined {
  let value: Span | undefined = { start, end };
  for (const name of path)
    value = value !== undefined && text[value.start] === openBrace ? memberOf(text, value.start, name) : undefined;
  return value;
}
