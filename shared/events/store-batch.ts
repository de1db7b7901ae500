// Writes one batch file. Returns an outcome for each event, with the position of the event in the request.
import { paced } from '../async/paced.ts';
import { type DocumentFormat, formats } from '../format/formats.ts';
import { type ByteWriter, byteWriter, type TextBudget } from '../json/byte-writer.ts';
import { createInTime } from '../lake/create-in-time.ts';
import { describeFault } from '../lake/fault.ts';
import type { LakeWriter } from '../lake/lake.ts';
import type { BatchedEvent, BatchFile } from './batch-file.ts';
import { pickDocument } from './document.ts';
import { writeEnvelope } from './envelope.ts';
import type { EventOutcome } from './event-outcome.ts';

/** Longer than for one event, because a batch file can be as large as a request. */
const writeMs = 20_000;

interface BatchSettings {
  readonly documentFormat: DocumentFormat;
}

export async function storeBatch(
  file: BatchFile,
  settings: BatchSettings,
  lake: LakeWriter,
  signal: AbortSignal,
  budget: TextBudget,
): Promise<[number, EventOutcome][]> {
  try {
    return await stored(file, settings, lake, signal, budget);
  } catch (fault) {
    // Other files of the request can be durable, and the receipt must say so.
    return [...file.events, ...file.repeated].map(({ index, trace }) => [
      index,
      { outcome: 'failed', event: trace, fault: describeFault(fault) },
    ]);
  }
}

async function stored(
  { path, events, repeated }: BatchFile,
  { documentFormat }: BatchSettings,
  lake: LakeWriter,
  signal: AbortSignal,
  budget: TextBudget,
): Promise<[number, EventOutcome][]> {
  signal.throwIfAborted();
  const bytes = events.reduce((total, event) => total + event.bytes, 0);
  const out = byteWriter(bytes, budget);
  try {
    for (const event of events) await writeLine(out, event, documentFormat, signal);
    const file = { path, content: out.bytes(), contentType: 'application/x-ndjson' };
    const result = await createInTime(lake, file, writeMs, signal);
    const outcome = result === 'created' ? 'stored' : 'alreadyStored';
    return [
      ...events.map(({ index, trace }): [number, EventOutcome] => [index, { outcome, path, event: trace }]),
      ...repeated.map(({ index, trace }): [number, EventOutcome] => [
        index,
        { outcome: 'alreadyStored', path, event: trace },
      ]),
    ];
  } finally {
    out.free();
  }
}

/** Reads the event a second time, so that memory holds the fields of only one event at a time. */
async function writeLine(
  out: ByteWriter,
  { read }: BatchedEvent,
  documentFormat: DocumentFormat,
  signal: AbortSignal,
): Promise<void> {
  const found = await read();
  if (found.kind === 'refused')
    throw new Error('Cannot write event: two reads must give the same: the second refuses it');
  await paced(writeEnvelope(out, found.event, pickDocument(found.event), formats[documentFormat]), signal);
}
