// Stores events from any trigger as files in the lake. Returns an outcome for each event, in their order.
import { concurrently } from '../async/concurrently.ts';
import { paced } from '../async/paced.ts';
import type { DocumentFormat } from '../format/formats.ts';
import { formats } from '../format/formats.ts';
import { byteWriter, type TextBudget, unlimited } from '../json/byte-writer.ts';
import { createInTime } from '../lake/create-in-time.ts';
import { describeFault } from '../lake/fault.ts';
import type { LakeWriter } from '../lake/lake.ts';
import { type BatchedEvent, batchFiles } from './batch-file.ts';
import type { ChangeEvent, ReadEvent } from './change-event.ts';
import { pickDocument } from './document.ts';
import { lineBytes, writeEnvelope } from './envelope.ts';
import { type EventOutcome, traceOf } from './event-outcome.ts';
import { lakePath, type Naming } from './lake-path.ts';
import { storeBatch } from './store-batch.ts';

/** Returns one event, the same at each call. The caller knows where its text is and redacts it. */
export type EventReader = () => ReadEvent | Promise<ReadEvent>;

/** One file for each event, or one for the events of a request that share a namespace and an hour. */
export type LakeFiles = 'event' | 'batch';

export interface StoreSettings {
  readonly naming: Naming;
  readonly documentFormat: DocumentFormat;
  readonly lakeFiles: LakeFiles;
  readonly writeConcurrency: number;
}

const writeMs = 10_000;

/** Ends soon after `signal`. Events that are not written by then are `failed`. `budget` limits the written text. */
export async function storeEvents(
  readers: readonly EventReader[],
  settings: StoreSettings,
  lake: LakeWriter,
  signal: AbortSignal,
  budget: TextBudget = unlimited,
): Promise<EventOutcome[]> {
  const outcomes: EventOutcome[] = [];
  const batched: BatchedEvent[] = [];
  await concurrently([...readers.entries()], settings.writeConcurrency, async ([index, read]) => {
    const found = await orFailed(undefined, async () => await read());
    if ('outcome' in found) outcomes[index] = found;
    else if (found.kind === 'refused') outcomes[index] = { outcome: 'refused', refusal: found.refusal };
    else if (goesToBatch(found.event, settings)) batched.push(batchedEvent(index, read, found.event));
    else outcomes[index] = await storeEvent(found.event, settings, lake, signal, budget);
  });
  const files = batchFiles(
    batched.toSorted((one, other) => one.index - other.index),
    settings.naming,
  );
  await concurrently(files, settings.writeConcurrency, async (file) => {
    const stored = await storeBatch(file, settings, lake, signal, budget);
    for (const [index, outcome] of stored) outcomes[index] = outcome;
  });
  return outcomes;
}

/** Snapshot events always share a file. An initial load would otherwise make millions of small files. */
function goesToBatch(event: ChangeEvent, { lakeFiles }: StoreSettings): boolean {
  return lakeFiles === 'batch' || event.isSnapshot;
}

/** Drops the fields of the event. All fields of a request would take many times its text in memory. */
function batchedEvent(index: number, read: EventReader, event: ChangeEvent): BatchedEvent {
  const { db, coll, time, sequence, documentId, isSnapshot } = event;
  const placed = { db, coll, time, sequence, documentId };
  return { index, read, placed, isSnapshot, bytes: lineBytes(event), trace: traceOf(event) };
}

async function storeEvent(
  event: ChangeEvent,
  settings: StoreSettings,
  lake: LakeWriter,
  signal: AbortSignal,
  budget: TextBudget,
): Promise<EventOutcome> {
  const trace = traceOf(event);
  return await orFailed(trace, async () => {
    signal.throwIfAborted();
    const path = lakePath(event, settings.naming);
    const out = byteWriter(lineBytes(event), budget);
    try {
      await paced(writeEnvelope(out, event, pickDocument(event), formats[settings.documentFormat]), signal);
      const file = { path, content: out.bytes(), contentType: 'application/json' };
      const result = await createInTime(lake, file, writeMs, signal);
      return { outcome: result === 'created' ? 'stored' : 'alreadyStored', path, event: trace };
    } finally {
      out.free();
    }
  });
}

/** Turns a fault into the outcome of one event. Others can be durable, and the receipt must say so. */
async function orFailed<T>(
  event: ReturnType<typeof traceOf> | undefined,
  work: () => Promise<T>,
): Promise<T | Extract<EventOutcome, { outcome: 'failed' }>> {
  try {
    return await work();
  } catch (fault) {
    return { outcome: 'failed', event, fault: describeFault(fault) };
  }
}
