// The line that a file holds of an event. docs/lake.md is its contract with those who read the lake.

import type { Format } from '../format/format.ts';
import { writeValueSteps } from '../format/write-value.ts';
import { type ByteWriter, byteWriter } from '../json/byte-writer.ts';
import type { Member, Span } from '../json/json-text.ts';
import { allAtOnce, type Steps } from '../json/steps.ts';
import type { ChangeEvent } from './change-event.ts';

/** They come first or in another form, and do not stand a second time. */
const placedFields = new Set(['_id', 'operationType', 'fullDocument', 'fullDocumentBeforeChange', 'clusterTime']);
const leadingFields = ['documentKey', 'ns'];
/** The envelope's own, which a field of the event with that name makes way for. */
const ownNames = new Set(['data', 'sequence']);

export function envelopeLine(event: ChangeEvent, document: Span | undefined, format: Format): Uint8Array {
  const out = byteWriter(lineBytes(event));
  allAtOnce(writeEnvelope(out, event, document, format));
  return out.bytes();
}

/** With its newline. */
export function* writeEnvelope(
  out: ByteWriter,
  event: ChangeEvent,
  document: Span | undefined,
  format: Format,
): Steps<void> {
  const { text, fields } = event;
  const taken = takenNames(fields);
  out.text(`{"operationType":${JSON.stringify(event.operationType)},"data":`);
  if (document === undefined) out.text('null');
  else yield* writeValueSteps(out, text, document, format);
  for (const name of leadingFields) yield* writeField(out, event, fields.get(name), taken, format);
  out.text(`,"clusterTime":"${new Date(event.time.ms).toISOString()}","sequence":${JSON.stringify(event.sequence)}`);
  for (const [name, field] of fields) {
    if (!placedFields.has(name) && !leadingFields.includes(name)) yield* writeField(out, event, field, taken, format);
  }
  out.text('}\n');
}

function* writeField(
  out: ByteWriter,
  { text }: ChangeEvent,
  field: Member | undefined,
  taken: ReadonlySet<string>,
  format: Format,
): Steps<void> {
  if (field === undefined) return;
  out.text(',');
  if (taken.has(field.key)) out.text(`"event.${field.key}"`);
  else out.copy(text, field.keyStart, field.keyEnd);
  out.text(':');
  yield* writeValueSteps(out, text, field, format);
}

/**
 * The names of fields that make way for the envelope, and those that make way for them: `event.data` makes way where the event
 * has a `data` too. Each name is looked up once.
 */
function takenNames(fields: ReadonlyMap<string, Member>): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const own of ownNames) {
    let name = own;
    for (; fields.has(name); name = `event.${name}`) taken.add(name);
  }
  return taken;
}

/** About what the line of an event takes. */
export function lineBytes({ fields }: ChangeEvent): number {
  let bytes = 256;
  for (const { keyStart, end } of fields.values()) bytes += end - keyStart + 1;
  return bytes;
}
