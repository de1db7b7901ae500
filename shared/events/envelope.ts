// The line that a file holds of an event. docs/lake.md is its contract with those who read the lake.

import type { Format } from '../format/format.ts';
import { writeValue } from '../format/write-value.ts';
import { type ByteWriter, byteWriter } from '../json/byte-writer.ts';
import type { Member, Span } from '../json/json-text.ts';
import type { ChangeEvent } from './change-event.ts';

/** They come first or in another form, and do not stand a second time. */
const placedFields = new Set(['_id', 'operationType', 'fullDocument', 'fullDocumentBeforeChange', 'clusterTime']);
const leadingFields = ['documentKey', 'ns'];
/** The envelope's own, which a field of the event with that name makes way for. */
const ownNames = new Set(['data', 'sequence']);

export function envelopeLine(event: ChangeEvent, document: Span | undefined, format: Format): Uint8Array {
  const out = byteWriter(lineBytes(event));
  writeEnvelope(out, event, document, format);
  return out.bytes();
}

/** With its newline. */
export function writeEnvelope(out: ByteWriter, event: ChangeEvent, document: Span | undefined, format: Format): void {
  const { text, fields } = event;
  out.text(`{"operationType":${JSON.stringify(event.operationType)},"data":`);
  if (document === undefined) out.text('null');
  else writeValue(out, text, document, format);
  for (const name of leadingFields) writeField(out, event, fields.get(name), format);
  out.text(`,"clusterTime":"${new Date(event.time.ms).toISOString()}","sequence":${JSON.stringify(event.sequence)}`);
  for (const [name, field] of fields) {
    if (!placedFields.has(name) && !leadingFields.includes(name)) writeField(out, event, field, format);
  }
  out.text('}\n');
}

function writeField(out: ByteWriter, { text, fields }: ChangeEvent, field: Member | undefined, format: Format): void {
  if (field === undefined) return;
  out.text(',');
  if (isTaken(field.key, fields)) out.text(`"event.${field.key}"`);
  else out.copy(text, field.keyStart, field.keyEnd);
  out.text(':');
  writeValue(out, text, field, format);
}

/** Also by a field that made way for the envelope: `event.data` makes way where the event has a `data` too. */
function isTaken(name: string, fields: ReadonlyMap<string, Member>): boolean {
  if (ownNames.has(name)) return true;
  const without = name.startsWith('event.') ? name.slice('event.'.length) : undefined;
  return without !== undefined && fields.has(without) && isTaken(without, fields);
}

/** About what the line of an event takes. */
export function lineBytes({ fields }: ChangeEvent): number {
  let bytes = 256;
  for (const { keyStart, end } of fields.values()) bytes += end - keyStart + 1;
  return bytes;
}
