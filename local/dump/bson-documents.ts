// Reads a file of mongodump: one BSON document after the other, each with its length first.
import { bufferOf } from '../../shared/json/json-text.ts';
import { bsonToJson } from './bson-to-json.ts';
import type { DumpReader } from './dump-document.ts';
import { DumpFault } from './dump-fault.ts';
import { slidingText } from './sliding-text.ts';

/** MongoDB's limit of 16 MB, and 16 KB more, which the server allows itself. */
const maxDocumentBytes = 16 * 1024 * 1024 + 16 * 1024;
const minDocumentBytes = 5;
const lengthBytes = 4;

export async function* bsonDocuments(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<DumpReader> {
  const sliding = slidingText();
  /** The place in the file of position 0. */
  let offset = 0;
  let at = 0;
  for await (const piece of pieces) {
    offset += at;
    sliding.append(piece);
    at = 0;
    yield { next };
    sliding.drop(at);
  }
  if (at < sliding.length()) throw new DumpFault('the last document must be whole', `byte ${offset + at}`);

  function next() {
    const left = sliding.length() - at;
    if (left < lengthBytes) return undefined;
    const length = sliding.buffer().readInt32LE(at);
    const place = `byte ${offset + at}`;
    if (length < minDocumentBytes || length > maxDocumentBytes)
      throw new DumpFault('a document must have a length of 5 bytes to 16 MB', place);
    if (left < length) return undefined;
    const text = bufferOf(bsonToJson(sliding.buffer().subarray(at, at + length), offset + at));
    at += length;
    return { text, start: 0, end: text.length, placeAt: () => place };
  }
}
