// Gives the documents of a dump to the target, in batches. The batches depend only on the dump, so the same dump gives
// the same files again.
import { dumpReaders } from '../dump/dump-documents.ts';
import { DumpFault } from '../dump/dump-fault.ts';
import type { DumpFormat } from '../dump/dump-format.ts';
import type { LoadTarget, OpenBatch } from './load-target.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotDocuments } from './snapshot-document.ts';
import { eventLength } from './snapshot-event.ts';

export interface Dump {
  readonly file: string;
  readonly format: DumpFormat;
}

export interface LoadCounts {
  readonly documents: number;
  readonly stored: number;
  readonly alreadyStored: number;
  readonly refused: number;
}

export interface LoadWatcher {
  readonly onRead: (bytes: number) => void;
  readonly onLoaded: (counts: LoadCounts) => void;
  /** A document that the target will never take. */
  readonly onRefused: (file: string, place: string, reason: string) => void;
}

interface Batch {
  readonly file: string;
  readonly open: OpenBatch;
  documents: number;
  /** The bytes of the events. They limit a batch for every target. */
  bytes: number;
}

const mostDocuments = 1000;
const mostBytes = 8 * 1024 * 1024;
/** The limit for all batches in work, and so for the memory of a load. One batch always fits. */
const mostBytesUnderWay = 16 * 1024 * 1024;

/** Rejects with the first fault, after everything that was read before it is loaded. */
export async function loadDumps(
  dumps: readonly Dump[],
  snapshot: Snapshot,
  target: LoadTarget,
  watcher: LoadWatcher,
  signal: AbortSignal,
): Promise<LoadCounts> {
  const counts = { documents: 0, stored: 0, alreadyStored: 0, refused: 0 };
  const documentOf = snapshotDocuments(snapshot);
  const lengthOf = eventLength(snapshot);
  const underWay = new Map<Promise<void>, number>();
  const stopped: { fault?: unknown } = {};

  try {
    for (const dump of dumps) await loadDump(dump);
  } finally {
    await Promise.all(underWay.keys());
  }
  assertGoingOn();
  return counts;

  async function loadDump({ file, format }: Dump): Promise<void> {
    let batch = emptyBatch(file);
    try {
      for await (const reader of dumpReaders(file, format, watcher.onRead)) {
        for (let read = reader.next(); read !== undefined; read = reader.next()) {
          const document = documentOf(read);
          const bytes = lengthOf(document);
          if (batch.documents > 0 && (batch.documents >= mostDocuments || batch.bytes + bytes > mostBytes)) {
            await send(batch);
            batch = emptyBatch(file);
          }
          // A long document is a separate batch. Its copy waits until there is room.
          if (bytes > mostBytes) await room(bytes);
          batch.open.add(document);
          batch.documents++;
          batch.bytes += bytes;
        }
      }
    } catch (error) {
      if (!(error instanceof DumpFault)) throw error;
      await send(batch);
      throw new DumpFault(error.requirement, error.place, { cause: error, file });
    }
    await send(batch);
  }

  function emptyBatch(file: string): Batch {
    return { file, open: target.begin(), documents: 0, bytes: 0 };
  }

  async function room(bytes: number): Promise<void> {
    while (underWay.size > 0 && sum(underWay.values()) + bytes > mostBytesUnderWay) await Promise.race(underWay.keys());
    assertGoingOn();
  }

  async function send(batch: Batch): Promise<void> {
    if (batch.documents === 0) return;
    await room(batch.bytes);
    const delivery: Promise<void> = deliver(batch)
      .catch((fault: unknown) => {
        stopped.fault ??= fault;
      })
      .finally(() => underWay.delete(delivery));
    underWay.set(delivery, batch.bytes);
  }

  async function deliver({ file, open, documents }: Batch): Promise<void> {
    const { stored, alreadyStored, refused } = await open.deliver(signal);
    counts.documents += documents;
    counts.stored += stored;
    counts.alreadyStored += alreadyStored;
    counts.refused += refused.length;
    for (const { place, reason } of refused) watcher.onRefused(file, place, reason);
    watcher.onLoaded({ ...counts });
  }

  function assertGoingOn(): void {
    if (stopped.fault !== undefined) throw stopped.fault;
    signal.throwIfAborted();
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
