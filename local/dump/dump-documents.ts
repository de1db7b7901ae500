// The documents of a dump, one after the other, as Extended JSON text: what mongoexport and mongodump write, plain or gzipped.
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { bsonDocuments } from './bson-documents.ts';
import type { DumpDocument } from './dump-document.ts';
import { DumpFault } from './dump-fault.ts';
import { jsonDocuments } from './json-documents.ts';

export type DumpFormat = 'bson' | 'json';

/** Large pieces: a document that is cut between two of them has to be joined. */
const pieceBytes = 1024 * 1024;

/** Undefined for another name. */
export function dumpFormatOf(file: string): DumpFormat | undefined {
  const [, ending] = /\.(bson|json|jsonl|ndjson)(?:\.gz)?$/i.exec(file) ?? [];
  if (ending === undefined) return undefined;
  return ending.toLowerCase() === 'bson' ? 'bson' : 'json';
}

/** Yields them in groups, as the file is read: one promise for each document costs much. `onRead` hears how many bytes of the file itself were read. */
export async function* dumpDocuments(
  file: string,
  format: DumpFormat,
  onRead: (bytes: number) => void,
): AsyncGenerator<Iterable<DumpDocument>> {
  const pieces = /\.gz$/i.test(file) ? inflated(file, onRead) : piecesOf(file, onRead);
  yield* format === 'bson' ? bsonDocuments(pieces) : jsonDocuments(pieces);
}

async function* piecesOf(file: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(file, { highWaterMark: pieceBytes });
  for await (const piece of stream) {
    onRead(piece.length);
    yield piece;
  }
}

async function* inflated(file: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file, { highWaterMark: pieceBytes });
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  source.on('data', (piece) => onRead(piece.length)).on('error', (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip);
  } catch (error) {
    if (!isGzipFault(error)) throw error;
    throw new DumpFault('the file must be whole gzip', 'its compressed bytes', { cause: error });
  } finally {
    source.destroy();
  }
}

function isGzipFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
}
