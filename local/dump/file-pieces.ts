// Reads the bytes of a file in pieces, and inflates gzip.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { DumpFault } from './dump-fault.ts';

/** Large, because each piece costs some work. */
const pieceBytes = 1024 * 1024;

/**
 * A piece is valid until the next call, because two buffers serve the whole file. `onRead` gets the number of bytes
 * that were read from the file.
 */
export async function* filePieces(file: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const handle = await open(file);
  let buffer = Buffer.allocUnsafeSlow(pieceBytes);
  let other = Buffer.allocUnsafeSlow(pieceBytes);
  let reading = handle.read(buffer);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      const piece = buffer.subarray(0, bytesRead);
      [buffer, other] = [other, buffer];
      reading = handle.read(buffer);
      // The next piece throws the fault, if there is a next call.
      reading.catch(() => undefined);
      onRead(bytesRead);
      yield piece;
    }
  } finally {
    await reading.catch(() => undefined);
    await handle.close();
  }
}

export async function* inflatedPieces(file: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file, { highWaterMark: pieceBytes });
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  source.on('data', (piece) => onRead(piece.length)).on('error', (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip);
  } catch (error) {
    if (!isGzipFault(error)) throw error;
    if (gunzip.bytesWritten === 0)
      throw new DumpFault('the file must be gzip, or its name must not end in .gz', 'byte 0');
    const place = `its compressed bytes, after byte ${gunzip.bytesWritten}`;
    throw new DumpFault('the file must be whole gzip', place, { cause: error });
  } finally {
    source.destroy();
  }
}

function isGzipFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
}
