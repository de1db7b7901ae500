// A document of a dump → the snapshot event of it. docs/lake.md, "The token of a snapshot event", has the rule; the Atlas
// function loadCollection keeps the same one.
import { canonical } from '../../shared/format/canonical.ts';
import { writeValue } from '../../shared/format/write-value.ts';
import { byteWriter } from '../../shared/json/byte-writer.ts';
import { memberOf, openBrace, type Span, skipSpace } from '../../shared/json/json-text.ts';
import { sha256Hex } from '../../shared/lake/path-name.ts';
import type { DumpDocument } from '../dump/dump-document.ts';
import { DumpFault } from '../dump/dump-fault.ts';

export interface Snapshot {
  readonly database: string;
  readonly collection: string;
  /** T0: the second at which the collection was as the dump has it, or earlier. */
  readonly seconds: number;
  /** The fields of a sharded collection's key, in order. `_id` follows them, unless it is one of them. */
  readonly shardKey: readonly string[];
}

export function snapshotEvent({ text, place }: DumpDocument, snapshot: Snapshot): Uint8Array {
  const { database, collection, seconds } = snapshot;
  const key = documentKey(text, snapshot.shardKey, place);
  const token = snapshotToken(seconds, database, collection, canonicalText(key));
  const out = byteWriter(text.length + key.length + 300);
  out.text(`{"_id":{"_data":"${token}"},"operationType":"insert","snapshot":true,`);
  out.text(`"clusterTime":{"$timestamp":{"t":${seconds},"i":0}},`);
  out.text(`"ns":${JSON.stringify({ db: database, coll: collection })},"documentKey":`);
  out.copy(key, 0, key.length);
  out.text(',"fullDocument":');
  out.copy(text, 0, text.length);
  out.text('}');
  return out.bytes();
}

/** Sorts after every event before T0 and before every event since, and is the same at each try. */
export function snapshotToken(seconds: number, database: string, collection: string, key: string): string {
  const digest = sha256Hex(JSON.stringify([database, collection, key])).slice(0, 32);
  return `82${seconds.toString(16).padStart(8, '0')}0000000000${digest}`.toUpperCase();
}

function documentKey(text: Uint8Array, shardKey: readonly string[], place: string): Uint8Array {
  const out = byteWriter(128);
  let before = '{';
  for (const field of shardKey.includes('_id') ? shardKey : [...shardKey, '_id']) {
    const value = valueAt(text, field.split('.'));
    if (value === undefined && field === '_id') throw new DumpFault('a document must have an "_id"', place);
    // A field that the document lacks is not in the key of its events either.
    if (value === undefined) continue;
    out.text(`${before}${JSON.stringify(field)}:`);
    out.copy(text, value.start, value.end);
    before = ',';
  }
  out.text('}');
  return out.bytes();
}

function valueAt(text: Uint8Array, path: readonly string[]): Span | undefined {
  let value: Span | undefined = { start: skipSpace(text, 0), end: text.length };
  for (const name of path)
    value = value !== undefined && text[value.start] === openBrace ? memberOf(text, value.start, name) : undefined;
  return value;
}

/** The same key in other spellings gives the same digest. */
function canonicalText(key: Uint8Array): string {
  const out = byteWriter(key.length * 2);
  writeValue(out, key, { start: 0, end: key.length }, canonical);
  return Buffer.from(out.bytes()).toString();
}
