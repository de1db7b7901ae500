// Writes the lines of a batch file, byte for byte as the receiver writes them for snapshot events. It does not make the
// events: to write, read and check each one would take several times as long.
import { type DocumentFormat, formats } from '../../shared/format/formats.ts';
import { writeValue } from '../../shared/format/write-value.ts';
import type { ByteWriter } from '../../shared/json/byte-writer.ts';
import type { Snapshot } from './snapshot.ts';
import { documentKeyBytes, type SnapshotDocument } from './snapshot-document.ts';
import { digestDigits, tokenBeginning } from './snapshot-token.ts';
import { behindToken } from './written-batch.ts';

export interface LineWriter {
  /** Adds a line, with room for its digest. */
  readonly write: (out: ByteWriter, document: SnapshotDocument) => void;
  /** The approximate bytes of a line and its key. */
  readonly lineBytes: (document: SnapshotDocument) => number;
}

/** The text around the values is the same in each line. */
export function lineWriter(documentFormat: DocumentFormat, { database, collection, seconds }: Snapshot): LineWriter {
  const format = formats[documentFormat];
  const namespace = JSON.stringify({ db: database, coll: collection });
  const time = new Date(seconds * 1000).toISOString();
  const beforeData = Buffer.from('{"operationType":"insert","data":');
  const beforeKey = Buffer.from(',"documentKey":');
  const beforeId = Buffer.from(',"documentKey":{"_id":');
  const beginning = tokenBeginning(seconds);
  const token = beginning + ' '.repeat(digestDigits);
  const ending = Buffer.from(`,"ns":${namespace},"clusterTime":"${time}","sequence":"${token}${behindToken}`);

  function write(out: ByteWriter, { text, start, end, marks, id, shardedKey }: SnapshotDocument): void {
    out.copy(beforeData, 0, beforeData.length);
    writeValue(out, text, { start, end }, format, marks);
    if (shardedKey === undefined) {
      out.copy(beforeId, 0, beforeId.length);
      writeValue(out, text, id, format, marks);
      out.text('}');
    } else {
      out.copy(beforeKey, 0, beforeKey.length);
      const key = Buffer.from(shardedKey);
      writeValue(out, key, { start: 0, end: key.length }, format);
    }
    out.copy(ending, 0, ending.length);
  }

  return {
    write,
    lineBytes: (document) => document.end - document.start + documentKeyBytes(document) * 3 + ending.length + 512,
  };
}
