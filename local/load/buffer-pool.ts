// Keeps memory and gives it out again. New memory costs the system more than the copy into it, and the collector has to
// free it.

export interface BufferPool {
  readonly take: (bytes: number) => Buffer;
  /** Nobody may read or write it any more. */
  readonly give: (buffer: Uint8Array) => void;
}

/** The batches of one load have about the same length. */
const step = 256 * 1024;
/** A load has this much in work. */
const mostBytes = 16 * 1024 * 1024;

export function bufferPool(): BufferPool {
  const free: ArrayBufferLike[] = [];
  let freeBytes = 0;

  return {
    take: (bytes) => {
      const at = free.findLastIndex(({ byteLength }) => byteLength >= bytes);
      const [memory] = at < 0 ? [] : free.splice(at, 1);
      freeBytes -= memory?.byteLength ?? 0;
      return Buffer.from(memory ?? Buffer.allocUnsafeSlow(Math.ceil(bytes / step) * step).buffer, 0, bytes);
    },
    give: ({ buffer }) => {
      if (freeBytes + buffer.byteLength > mostBytes) return;
      freeBytes += buffer.byteLength;
      free.push(buffer);
    },
  };
}
