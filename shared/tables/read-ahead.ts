// Reads many files at once and gives them in their order. The bytes in memory have a limit. One slow answer does not
// stop the other reads.
import type { LakeFile, LakeReader } from '../lake/lake.ts';

export interface ReadLimits {
  readonly files: number;
  readonly bytes: number;
}

export type ReadFile<F extends LakeFile> =
  | { readonly kind: 'read'; readonly file: F; readonly content: Uint8Array }
  /** Somebody removed it since it was listed. */
  | { readonly kind: 'gone'; readonly file: F }
  | { readonly kind: 'failed'; readonly file: F; readonly cause: unknown };

/** Reads a file larger than the limit alone. Stops the open reads when its consumer stops. */
export async function* readAhead<F extends LakeFile>(
  reader: LakeReader,
  files: readonly F[],
  limits: ReadLimits,
  signal: AbortSignal,
): AsyncGenerator<ReadFile<F>> {
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const underWay: { readonly file: F; readonly read: Promise<ReadFile<F>> }[] = [];
  let next = 0;
  let bytes = 0;
  try {
    for (;;) {
      for (let file = files[next]; file !== undefined && mayBegin(file); file = files[next]) {
        underWay.push({ file, read: readOne(reader, file, ended) });
        bytes += file.bytes;
        next++;
      }
      const first = underWay.shift();
      if (first === undefined) return;
      yield await first.read;
      bytes -= first.file.bytes;
      signal.throwIfAborted();
    }
  } finally {
    stop.abort(new Error('Nobody waits for the file any longer'));
  }

  function mayBegin(file: F): boolean {
    return underWay.length === 0 || (underWay.length < limits.files && bytes + file.bytes <= limits.bytes);
  }
}

async function readOne<F extends LakeFile>(reader: LakeReader, file: F, signal: AbortSignal): Promise<ReadFile<F>> {
  try {
    const content = await reader.read(file.path, signal);
    return content === undefined ? { kind: 'gone', file } : { kind: 'read', file, content };
  } catch (cause) {
    return { kind: 'failed', file, cause };
  }
}
