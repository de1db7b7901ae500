// A document of a dump → what its snapshot event needs. docs/lake.md, "The token of a snapshot event", has the rule; the Atlas
// function loadCollection keeps the same one.
import { canonical } from '../../shared/format/canonical.ts';
import { writeValue } from '../../shared/format/write-value.ts';
import { byteWriter } from '../../shared/json/byte-writer.ts';
import { openBrace, skipSpace } from '../../shared/json/json-bytes.ts';
import { bufferOf, memberOf, type Span } from '../../shared/json/json-text.ts';
import { sha256Hex } from '../../shared/lake/path-name.ts';
import { pathsFor, type Redactions } from '../../shared/redact/rules.ts';
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

export interface SnapshotDocument extends DumpDocument {
  /** Its document key, as JSON. */
  readonly key: string;
  /** The token of its snapshot event. */
  readonly sequence: string;
}

export function snapshotDocument({ text, place }: DumpDocument, snapshot: Snapshot): SnapshotDocument {
  const { database, collection, seconds, shardKey } = snapshot;
  const key = documentKey(text, shardKey, place);
  return { text, place, key, sequence: snapshotToken(seconds, database, collection, canonicalText(key)) };
}

/** Sorts after every event before T0 and before every event since, and is the same at each try. */
export function snapshotToken(seconds: number, database: string, collection: string, key: string): string {
  const digest = sha256Hex(JSON.stringify([database, collection, key])).slice(0, 32);
  return `82${seconds.toString(16).padStart(8, '0')}0000000000${digest}`.toUpperCase();
}

/** Whether a rule of REDACT names the collection. */
export function isRedacted({ database, collection }: Snapshot, redactions: Redactions | undefined): boolean {
  return redactions !== undefined && pathsFor(redactions, database, collection) !== undefined;
}

function documentKey(text: Uint8Array, shardKey: readonly string[], place: string): string {
  const members: string[] = [];
  for (const field of shardKey.includes('_id') ? shardKey : [...shardKey, '_id']) {
    const value = valueAt(text, field.split('.'));
    if (value === undefined && field === '_id') throw new DumpFault('a document must have an "_id"', place);
    // A field that the document lacks is not in the key of its events either.
    if (value === undefined) continue;
    members.push(`${JSON.stringify(field)}:${bufferOf(text).toString('utf8', value.start, value.end)}`);
  }
  return `{${members.join()}}`;
}

function valueAt(text: Uint8Array, path: readonly string[]): Span | undefined {
  let value: Span | undefined = { start: skipSpace(text, 0), end: text.length };
  for (const name of path)
    value = value !== undefined && text[value.start] === openBrace ? memberOf(text, value.start, name) : undefined;
  return value;
}

const objectIdKey = /^\{"_id":\{"\$oid":"[0-9a-f]{24}"\}\}$/;

/** The same key in other spellings gives the same digest. */
function canonicalText(key: string): string {
  if (objectIdKey.test(key)) return key;
  const out = byteWriter(key.length * 2);
  const bytes = Buffer.from(key);
  writeValue(out, bytes, { start: 0, end: bytes.length }, canonical);
  return bufferOf(out.bytes()).toString();
}
