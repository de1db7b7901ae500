// Makes the files of written batches, and puts them into the lake.
import { batchPath } from '../../shared/events/batch-file.ts';
import type { Naming } from '../../shared/events/lake-path.ts';
import type { NewFile } from '../../shared/lake/create-in-time.ts';
import { orderOf } from './batch-order.ts';
import { bufferPool } from './buffer-pool.ts';
import type { FileStore } from './file-store.ts';
import type { Snapshot } from './snapshot.ts';
import { digestOf, type KeyDigest, tokenBeginning } from './snapshot-token.ts';
import { type BatchStore, digestFromEnd, type WrittenBatch } from './written-batch.ts';

export function batchFiles(naming: Naming, snapshot: Snapshot, store: FileStore): BatchStore {
  const { database: db, collection: coll, seconds } = snapshot;
  const placed = { db, coll, time: { ms: seconds * 1000, seconds, increment: 0 } };
  const beginning = tokenBeginning(seconds);
  const pool = bufferPool();

  return async (batch, signal, onCopied) => {
    const { file, documents } = fileOf(batch);
    // A single line can be long. It is not copied.
    if (file.content.buffer !== batch.bytes.buffer) onCopied(batch.bytes);
    const { result, memory } = await store(file, signal);
    if (memory !== undefined) pool.give(memory);
    return { result, documents };
  };

  function fileOf(batch: WrittenBatch): { file: NewFile; documents: number } {
    const digests = digestsOf(batch);
    const order = orderOf(digests);
    const sequences = order.map((index) => `"${beginning}${digests[index] ?? ''}"`);
    const path = batchPath(placed, order.length, `[${sequences.join()}]`, naming);
    const content = contentOf(batch, digests, order);
    return { file: { path, content, contentType: 'application/x-ndjson' }, documents: order.length };
  }

  function contentOf(
    { bytes, lineEnds }: WrittenBatch,
    digests: readonly KeyDigest[],
    order: readonly number[],
  ): Buffer {
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, lineEnds.at(-1));
    if (lineEnds.length === 1) return withDigest(lines, lines.length, digests[0]);
    const content = pool.take(order.reduce((sum, index) => sum + lineLength(lineEnds, index), 0));
    let at = 0;
    for (const index of order) {
      at += lines.copy(content, at, lineEnds[index - 1] ?? 0, lineEnds[index]);
      withDigest(content, at, digests[index]);
    }
    return content;
  }
}

function digestsOf({ bytes, lineEnds, keyEnds }: WrittenBatch): KeyDigest[] {
  const digests: KeyDigest[] = [];
  let start = lineEnds.at(-1) ?? 0;
  for (const end of keyEnds) {
    digests.push(digestOf(bytes.subarray(start, end)));
    start = end;
  }
  return digests;
}

function lineLength(lineEnds: Int32Array, index: number): number {
  return (lineEnds[index] ?? 0) - (lineEnds[index - 1] ?? 0);
}

/** Fills in the digest of the line that ends here. */
function withDigest(lines: Buffer, lineEnd: number, digest: KeyDigest = ''): Buffer {
  lines.write(digest, lineEnd - digestFromEnd, 'latin1');
  return lines;
}
