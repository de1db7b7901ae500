// Reads the documents of a dump, one after the other, as Extended JSON. The dump is of mongoexport or mongodump, plain
// or gzipped.
import { type DumpDocument, type DumpReader, placeOf } from './dump-document.ts';
import { type DumpFormat, isCompressed } from './dump-format.ts';
import { dumpPieces } from './file-beginning.ts';
import { filePieces, inflatedPieces } from './file-pieces.ts';
import { jsonDocuments } from './json-documents.ts';

/** Yields a reader for each piece of the file. Read each to its end: promises for documents would cost too much. */
export async function* dumpReaders(
  file: string,
  format: DumpFormat,
  onRead: (bytes: number) => void,
): AsyncGenerator<DumpReader> {
  const pieces = dumpPieces(isCompressed(file) ? inflatedPieces(file, onRead) : filePieces(file, onRead), format);
  if (format === 'json') return yield* jsonDocuments(pieces);
  // The package for BSON takes longer to start than a small dump.
  const { bsonDocuments } = await import('./bson-documents.ts');
  yield* bsonDocuments(pieces);
}

/** Yields documents that stay valid. */
export async function* dumpDocuments(
  file: string,
  format: DumpFormat,
  onRead: (bytes: number) => void,
): AsyncGenerator<Iterable<DumpDocument>> {
  for await (const reader of dumpReaders(file, format, onRead)) yield copiesOf(reader);
}

/** Each document has separate memory. */
export function* copiesOf(reader: DumpReader): Generator<DumpDocument> {
  for (let document = reader.next(); document !== undefined; document = reader.next()) yield copyOf(document);
}

function copyOf(document: DumpDocument): DumpDocument {
  const { text, start, end, id } = document;
  const place = placeOf(document);
  return {
    text: Buffer.from(text.subarray(start, end)),
    start: 0,
    end: end - start,
    id: id && { start: id.start - start, end: id.end - start },
    placeAt: () => place,
  };
}
