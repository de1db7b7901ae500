// Writes documents as the lines of batch files.
import type { DocumentFormat } from '../../shared/format/formats.ts';
import { byteWriter } from '../../shared/json/byte-writer.ts';
import type { LoadedBatch, LoadTarget, OpenBatch } from './load-target.ts';
import type { Snapshot } from './snapshot.ts';
import { eventKeys, type SnapshotDocument } from './snapshot-document.ts';
import { lineWriter } from './snapshot-lines.ts';
import type { BatchStore } from './written-batch.ts';

/** A batch of a thousand documents of one kilobyte fits. */
const usualBytes = 2 * 1024 * 1024;

/** Only for a collection without rules in REDACT, because nothing is redacted here. */
export function snapshotFiles(documentFormat: DocumentFormat, snapshot: Snapshot, store: BatchStore): LoadTarget {
  const line = lineWriter(documentFormat, snapshot);
  const keyOf = eventKeys(snapshot);
  // One batch is open at a time. So one writer serves all, each in other memory.
  const out = byteWriter(0);
  const keys = byteWriter(usualBytes / 16);
  const spare: Uint8Array[] = [];

  return { begin };

  function begin(): OpenBatch {
    const lineEnds: number[] = [];
    const keyEnds: number[] = [];
    keys.clear();

    return {
      add: (document) => {
        if (lineEnds.length === 0) out.clear(memoryFor(document));
        line.write(out, document);
        lineEnds.push(out.length());
        const key = keyOf(document);
        keys.copy(key, 0, key.length);
        keyEnds.push(keys.length());
      },
      deliver: async (signal) => {
        const lineBytes = out.length();
        out.copy(keys.bytes(), 0, keys.length());
        const batch = {
          bytes: out.bytes(),
          lineEnds: Int32Array.from(lineEnds),
          keyEnds: Int32Array.from(keyEnds, (end) => lineBytes + end),
        };
        const { result, documents } = await store(batch, signal, (memory) => spare.push(memory));
        return loaded(result, documents, lineEnds.length - documents);
      },
    };
  }

  /**
   * A line that is longer than usual gets its memory at once, not in steps. Memory that is too small for it is dropped,
   * so that there is never more spare memory than batches in work.
   */
  function memoryFor(document: SnapshotDocument): Uint8Array {
    const bytes = Math.max(line.lineBytes(document), usualBytes);
    const taken = spare.pop();
    return taken !== undefined && taken.buffer.byteLength >= bytes ? taken : Buffer.allocUnsafeSlow(bytes);
  }
}

function loaded(result: 'created' | 'exists', documents: number, repeated: number): LoadedBatch {
  return result === 'created'
    ? { stored: documents, alreadyStored: repeated, refused: [] }
    : { stored: 0, alreadyStored: documents + repeated, refused: [] };
}
