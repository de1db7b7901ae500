// A file of mongodump: BSON documents one behind the other, each with its length in front.
import { bufferOf } from '../../shared/json/json-text.ts';
import { bsonToJson } from './bson-to-json.ts';
import type { DumpDocument } from './dump-document.ts';
import { DumpFault } from './dump-fault.ts';

/** MongoDB's limit of 16 MB, and the 16 KB that the server allows itself above it. */
const maxDocumentBytes = 16 * 1024 * 1024 + 16 * 1024;
const minDocumentBytes = 5;

/** Yields the documents that end in each piece. */
export async function* bsonDocuments(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Iterable<DumpDocument>> {
  let held: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const piece of pieces) {
    held = held.length === 0 ? bufferOf(piece) : Buffer.concat([held, piece]);
    yield documentsHeld();
  }
  if (held.length > 0) throw new DumpFault('the last document must be whole', `byte ${offset}`);

  function* documentsHeld(): Generator<DumpDocument> {
    let at = 0;
    while (held.length - at >= 4) {
      const length = held.readInt32LE(at);
      if (length < minDocumentBytes || length > maxDocumentBytes)
        throw new DumpFault('a document must have a length of 5 bytes to 16 MB', `byte ${offset + at}`);
      if (held.length - at < length) break;
      const place = `byte ${offset + at}`;
      yield { text: bsonToJson(held.subarray(at, at + length), offset + at), place };
      at += length;
    }
    offset += at;
    held = held.subarray(at);
  }
}
