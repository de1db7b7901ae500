// Documents → batch files in the lake.
import { batchPath } from '../../shared/events/batch-file.ts';
import type { Naming } from '../../shared/events/lake-path.ts';
import type { DocumentFormat } from '../../shared/format/formats.ts';
import { type ByteWriter, byteWriter } from '../../shared/json/byte-writer.ts';
import { bufferOf } from '../../shared/json/json-text.ts';
import type { NewFile } from '../../shared/lake/create-in-time.ts';
import { orderOf } from './batch-order.ts';
import { type BufferPool, bufferPool } from './buffer-pool.ts';
import type { FileStore } from './file-store.ts';
import type { LoadedBatch, LoadTarget, OpenBatch } from './load-target.ts';
import type { Snapshot, SnapshotDocument } from './snapshot.ts';
import { lineWriter } from './snapshot-lines.ts';
import { type KeyDigest, tokenBeginning } from './snapshot-token.ts';

export interface SnapshotFilesSettings {
  readonly naming: Naming;
  readonly documentFormat: DocumentFormat;
}

/** A batch of a thousand documents of one kilobyte fits. */
const usualBytes = 2 * 1024 * 1024;

/** Only for a collection without rules in REDACT: nothing is redacted here. */
export function snapshotFiles(
  { naming, documentFormat }: SnapshotFilesSettings,
  snapshot: Snapshot,
  store: FileStore,
): LoadTarget {
  const { database: db, collection: coll, seconds } = snapshot;
  const placed = { db, coll, time: { ms: seconds * 1000, seconds, increment: 0 } };
  const line = lineWriter(documentFormat, snapshot);
  const beginning = tokenBeginning(seconds);
  const pool = bufferPool();
  /** The memory of one batch after the other. */
  let spare: ByteWriter | undefined;

  return { begin };

  function begin(): OpenBatch {
    let out = spare ?? byteWriter(usualBytes);
    spare = undefined;
    const digests: KeyDigest[] = [];
    const ends: number[] = [];

    return {
      add: (document) => {
        if (digests.length === 0) out = roomFor(document, out);
        line.write(out, document);
        digests.push(document.digest);
        ends.push(out.length());
      },
      deliver: (signal) => {
        const order = orderOf(digests);
        const sequences = order.map((index) => `"${beginning}${digests[index] ?? ''}"`);
        const file = {
          path: batchPath(placed, order.length, `[${sequences.join()}]`, naming),
          content: contentOf(out, ends, order),
          contentType: 'application/x-ndjson',
        };
        return stored(file, order.length, digests.length - order.length, signal);
      },
    };
  }

  /** A line that is longer than usual gets its memory at once and not in steps. */
  function roomFor(document: SnapshotDocument, out: ByteWriter): ByteWriter {
    const bytes = line.lineBytes(document);
    return bytes > usualBytes ? byteWriter(bytes) : out;
  }

  /** A single line can be long. It leaves with its memory. Others are copied, and the next batch gets the memory. */
  function contentOf(out: ByteWriter, ends: readonly number[], order: readonly number[]): Uint8Array {
    const lines = bufferOf(out.bytes());
    if (ends.length === 1) return lines;
    const content = linesInOrder(lines, ends, order, pool);
    out.clear();
    spare = out;
    return content;
  }

  async function stored(file: NewFile, lines: number, repeated: number, signal: AbortSignal): Promise<LoadedBatch> {
    const { result, memory } = await store(file, signal);
    if (memory !== undefined) pool.give(memory);
    return result === 'created'
      ? { stored: lines, alreadyStored: repeated, refused: [] }
      : { stored: 0, alreadyStored: lines + repeated, refused: [] };
  }
}

/** `ends` has where each line ends. The next one begins there. */
function linesInOrder(lines: Buffer, ends: readonly number[], order: readonly number[], pool: BufferPool): Uint8Array {
  let bytes = 0;
  for (const index of order) bytes += (ends[index] ?? 0) - (ends[index - 1] ?? 0);
  const content = pool.take(bytes);
  let at = 0;
  for (const index of order) at += lines.copy(content, at, ends[index - 1] ?? 0, ends[index]);
  return content;
}
