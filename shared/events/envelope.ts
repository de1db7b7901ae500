// Writes the line of an event. docs/lake.md is the contract with the readers of the lake.
import type { Format } from '../format/format.ts';
import { writeValueSteps } from '../format/write-value.ts';
import { type ByteWriter, byteWriter } from '../json/byte-writer.ts';
import type { Member, Span } from '../json/json-text.ts';
import { allAtOnce, type Steps } from '../json/steps.ts';
import type { ChangeEvent } from './change-event.ts';

/** The envelope has these fields under its own names, so they are not repeated. */
const placedFields = new Set(['_id', 'operationType', 'fullDocument', 'fullDocumentBeforeChange', 'clusterTime']);
const leadingFields = ['documentKey', 'ns'];
/** A field of the event with one of these names is renamed to `event.<name>`. */
const ownNames = new Set(['data', 'sequence']);

export function envelopeLine(event: ChangeEvent, document: Span | undefined, format: Format): Uint8Array {
  const out = byteWriter(lineBytes(event));
  allAtOnce(writeEnvelope(out, event, document, format));
  return out.bytes();
}

/** Includes the newline. */
export function* writeEnvelope(
  out: ByteWriter,
  event: ChangeEvent,
  document: Span | undefined,
  format: Format,
): Steps<void> {
  const { text, fields } = event;
  const renamed = renamedFields(fields);
  out.text(`{"operationType":${JSON.stringify(event.operationType)},"data":`);
  if (document === undefined) out.text('null');
  else yield* writeValueSteps(out, text, document, format);
  for (const name of leadingFields) yield* writeField(out, event, fields.get(name), renamed, format);
  out.text(`,"clusterTime":"${new Date(event.time.ms).toISOString()}","sequence":${JSON.stringify(event.sequence)}`);
  for (const [name, field] of fields) {
    if (!placedFields.has(name) && !leadingFields.includes(name)) yield* writeField(out, event, field, renamed, format);
  }
  out.text('}\n');
}

function* writeField(
  out: ByteWriter,
  { text }: ChangeEvent,
  field: Member | undefined,
  renamed: ReadonlySet<string>,
  format: Format,
): Steps<void> {
  if (field === undefined) return;
  out.text(',');
  if (renamed.has(field.key)) out.text(`"event.${field.key}"`);
  else out.copy(text, field.keyStart, field.keyEnd);
  out.text(':');
  yield* writeValueSteps(out, text, field, format);
}

/** If an event has both `data` and `event.data`, both are renamed. Otherwise two fields would get one name. */
function renamedFields(fields: ReadonlyMap<string, Member>): ReadonlySet<string> {
  const renamed = new Set<string>();
  for (const own of ownNames) {
    let name = own;
    for (; fields.has(name); name = `event.${name}`) renamed.add(name);
  }
  return renamed;
}

/** The expected size of the line of an event. */
export function lineBytes({ fields }: ChangeEvent): number {
  let bytes = 256;
  for (const { keyStart, end } of fields.values()) bytes += end - keyStart + 1;
  return bytes;
}
