// Makes the bytes of the digest in a token: the name of the snapshot event. docs/lake.md has the rule.
import { findPlainValue, type PlainValue } from '../../shared/extended-json/plain-value.ts';
import { canonical } from '../../shared/format/canonical.ts';
import { writeValue } from '../../shared/format/write-value.ts';
import { byteWriter } from '../../shared/json/byte-writer.ts';
import { openBrace } from '../../shared/json/json-bytes.ts';
import { bufferOf, type Span } from '../../shared/json/json-text.ts';

/** The name of a snapshot event, as bytes for a digest: the namespace and the document key. */
export interface SnapshotKeys {
  /** For a document whose key is its `_id` alone. The bytes are valid until the next call. */
  readonly ofId: (text: Buffer, id: Span) => Buffer;
  /** For a document key, as JSON in any spelling. */
  readonly ofKey: (key: string) => Buffer;
}

export function snapshotKeys(database: string, collection: string): SnapshotKeys {
  const bytesOf = (key: string): Buffer => Buffer.from(JSON.stringify([database, collection, key]));
  // Most ids are object ids. Their digits go into the same bytes each time. Strings would take longer than the digest.
  const oneObjectId = bytesOf(`{"_id":{"$oid":"${'0'.repeat(24)}"}}`);
  const digits = oneObjectId.length - '000000000000000000000000\\"}}"]'.length;
  const found: PlainValue = { kind: 'objectId', start: 0, end: 0, behind: 0 };

  function ofKey(key: string): Buffer {
    return bytesOf(canonicalText(key));
  }

  return {
    ofKey,
    ofId: (text, { start, end }) => {
      const isObjectId = text[start] === openBrace && findPlainValue(text, start, found) && found.kind === 'objectId';
      if (!isObjectId) return ofKey(`{"_id":${text.toString('utf8', start, end)}}`);
      text.copy(oneObjectId, digits, found.start, found.end);
      return oneObjectId;
    },
  };
}

/** The same key in other spellings gives the same digest. */
function canonicalText(key: string): string {
  const out = byteWriter(key.length * 2);
  const bytes = Buffer.from(key);
  writeValue(out, bytes, { start: 0, end: bytes.length }, canonical);
  return bufferOf(out.bytes()).toString();
}
