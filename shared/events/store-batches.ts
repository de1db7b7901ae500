// LAKE_FILES=batch: the way of a delivery's events from their places in it to few files, and back to an outcome for each.

import { concurrently } from '../async/concurrently.ts';
import { deadlineIn, endingWith } from '../async/deadline.ts';
import type { Format } from '../format/format.ts';
import { formats } from '../format/formats.ts';
import type { EventOutcome } from '../http/receipt.ts';
import type { Receiver } from '../http/receive.ts';
import { byteWriter } from '../json/byte-writer.ts';
import type { Span } from '../json/json-text.ts';
import { describeFault } from '../lake/fault.ts';
import { type BatchedEvent, type BatchFile, batchFiles } from './batch-file.ts';
import type { ChangeEvent, ReadEvent } from './change-event.ts';
import { pickDocument } from './document.ts';
import { writeEnvelope } from './envelope.ts';
import { traceOf } from './event-trace.ts';

/** A file can be as large as a delivery. */
const writeMs = 20_000;

export async function storeBatches(
  readAt: (span: Span) => ReadEvent,
  spans: readonly Span[],
  { settings, lake }: Receiver,
  signal: AbortSignal,
): Promise<EventOutcome[]> {
  const outcomes: EventOutcome[] = [];
  const events: BatchedEvent[] = [];
  for (const [index, span] of spans.entries()) {
    const read = readAt(span);
    if (read.kind === 'refused') outcomes[index] = { outcome: 'refused', reason: read.reason };
    else events.push({ index, span, placed: placedOf(read.event), trace: traceOf(read.event) });
  }
  await concurrently(batchFiles(events, settings.naming), settings.writeConcurrency, async (file) => {
    for (const [index, outcome] of await storeFile(file)) outcomes[index] = outcome;
  });
  return outcomes;

  async function storeFile(file: BatchFile): Promise<[number, EventOutcome][]> {
    const { path, repeated } = file;
    try {
      signal.throwIfAborted();
      const lines = linesOf(file.events, readAt, formats[settings.documentFormat]);
      using deadline = deadlineIn(writeMs, signal);
      const result = await endingWith(
        deadline.signal,
        lake.create(path, lines, 'application/x-ndjson', deadline.signal),
      );
      const outcome = result === 'created' ? 'stored' : 'alreadyStored';
      return [
        ...file.events.map(({ index, trace }): [number, EventOutcome] => [index, { outcome, path, event: trace }]),
        ...repeated.map(({ index, trace }): [number, EventOutcome] => [
          index,
          { outcome: 'alreadyStored', path, event: trace },
        ]),
      ];
    } catch (fault) {
      // As in receive(): what other files hold is durable, and the sender must hear so.
      return [...file.events, ...repeated].map(({ index, trace }) => [
        index,
        { outcome: 'failed', path, event: trace, fault: describeFault(fault) },
      ]);
    }
  }
}

/** Without its fields: of a whole delivery they would take many times its text. */
function placedOf({ db, coll, time, sequence, documentId }: ChangeEvent) {
  return { db, coll, time, sequence, documentId };
}

/** Each event is read again, when it is written: so the fields of one at a time are held. */
function linesOf(events: readonly BatchedEvent[], readAt: (span: Span) => ReadEvent, format: Format): Uint8Array {
  const expectedBytes = events.reduce((bytes, { span }) => bytes + span.end - span.start + 256, 0);
  const out = byteWriter(expectedBytes);
  for (const { span } of events) {
    const read = readAt(span);
    if (read.kind === 'refused') throw new Error('Cannot write an event: it must be read as before: it is refused');
    writeEnvelope(out, read.event, pickDocument(read.event), format);
  }
  return out.bytes();
}
