// What the first bytes of a file say, where its name says something else.

import { DumpFault } from './dump-fault.ts';
import type { DumpFormat } from './dump-format.ts';

const gzipMark = Buffer.from([0x1f, 0x8b, 0x08]);
/** https://github.com/mongodb/mongo-tools/blob/master/common/archive/archive.go */
const archiveMark = Buffer.from([0x6d, 0xe2, 0x99, 0x81]);

export const archiveAdvice = 'use --out in place of --archive';

/** Passes the pieces of a file on, if the first one can be of a dump. */
export async function* dumpPieces(pieces: AsyncIterable<Uint8Array>, format: DumpFormat): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of pieces) {
    if (isFirst) refuseOther(piece, format);
    isFirst = false;
    yield piece;
  }
}

function refuseOther(piece: Uint8Array, format: DumpFormat): void {
  if (beginsWith(piece, archiveMark))
    throw new DumpFault(`the file must not be an archive of mongodump: ${archiveAdvice}`, 'byte 0');
  if (beginsWith(piece, gzipMark) && !(format === 'bson' && isDocument(piece)))
    throw new DumpFault('the file must not be gzip, or its name must end in .gz', 'byte 0');
}

/** A document of BSON can begin with the same three bytes: they are its length. */
function isDocument(piece: Uint8Array): boolean {
  const length = Buffer.from(piece.buffer, piece.byteOffset).readInt32LE();
  return piece.length >= length && piece[length - 1] === 0;
}

function beginsWith(piece: Uint8Array, mark: Uint8Array): boolean {
  return mark.every((byte, index) => piece[index] === byte);
}
