// Documents of a dump, and batches of them, for the targets of a load.
import assert from 'node:assert/strict';
import type { DumpDocument } from '../../local/dump/dump-document.ts';
import { wholeDocuments } from '../../local/dump/whole-document.ts';
import type { LoadedBatch, LoadTarget } from '../../local/load/load-target.ts';
import type { SnapshotDocument } from '../../local/load/snapshot-document.ts';
import { never } from './never.ts';

export function dumpDocument(bytes: string | Uint8Array, place = 'line 1'): DumpDocument {
  const text = Buffer.from(bytes);
  return { text, start: 0, end: text.length, placeAt: () => place };
}

/** As the reader of a JSON dump gives it. Others keep it, so it has its own marks. */
export function checkedDocument(source: string, place = 'line 1'): DumpDocument {
  const text = Buffer.from(`${source}\0`);
  const whole = wholeDocuments()(text, 0);
  assert(whole !== undefined);
  return { text, start: 0, end: whole.end, id: whole.id, marks: structuredClone(whole.marks), placeAt: () => place };
}

export function deliver(
  target: LoadTarget,
  documents: readonly SnapshotDocument[],
  signal = never,
): Promise<LoadedBatch> {
  const batch = target.begin();
  for (const document of documents) batch.add(document);
  return batch.deliver(signal);
}

/** Gives each batch to a function. The texts and places are those of its documents. */
export function targetOf(
  take: (documents: readonly TakenDocument[], signal: AbortSignal) => Promise<LoadedBatch>,
): LoadTarget {
  return {
    begin: () => {
      const documents: TakenDocument[] = [];
      return {
        add: ({ text, start, end, placeAt }) => {
          documents.push({ text: text.toString('utf8', start, end), place: placeAt(start) });
        },
        deliver: (signal) => take(documents, signal),
      };
    },
  };
}

export interface TakenDocument {
  readonly text: string;
  readonly place: string;
}
