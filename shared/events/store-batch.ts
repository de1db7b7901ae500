// One batch file → an outcome for each of its events, with the event's place in the request.
import type { Format } from '../format/format.ts';
import { byteWriter } from '../json/byte-writer.ts';
import { createInTime } from '../lake/create-in-time.ts';
import { describeFault } from '../lake/fault.ts';
import type { LakeWriter } from '../lake/lake.ts';
import type { BatchedEvent, BatchFile } from './batch-file.ts';
import { pickDocument } from './document.ts';
import { writeEnvelope } from './envelope.ts';
import type { EventOutcome } from './event-outcome.ts';

/** A file can be as large as a request. */
const writeMs = 20_000;

export async function storeBatch(
  { path, events, repeated }: BatchFile,
  format: Format,
  lake: LakeWriter,
  signal: AbortSignal,
): Promise<[number, EventOutcome][]> {
  try {
    signal.throwIfAborted();
    const content = linesOf(events, format);
    const result = await createInTime(lake, { path, content, contentType: 'application/x-ndjson' }, writeMs, signal);
    const outcome = result === 'created' ? 'stored' : 'alreadyStored';
    return [
      ...events.map(({ index, trace }): [number, EventOutcome] => [index, { outcome, path, event: trace }]),
      ...repeated.map(({ index, trace }): [number, EventOutcome] => [
        index,
        { outcome: 'alreadyStored', path, event: trace },
      ]),
    ];
  } catch (fault) {
    // As for a single event: the other files are durable, and the sender must hear so.
    return [...events, ...repeated].map(({ index, trace }) => [
      index,
      { outcome: 'failed', event: trace, fault: describeFault(fault) },
    ]);
  }
}

/** Each event is read again when it is written: so the fields of one event at a time are held. */
function linesOf(events: readonly BatchedEvent[], format: Format): Uint8Array {
  const out = byteWriter(events.reduce((total, { bytes }) => total + bytes, 0));
  for (const { read } of events) {
    const found = read();
    if (found.kind === 'refused') throw new Error('Cannot write an event: it must be read as before: it is refused');
    writeEnvelope(out, found.event, pickDocument(found.event), format);
  }
  return out.bytes();
}
