// The step between reading an event and picking its document. It removes secret fields from the text, so that no later
// step can leak them.
import { type ChangeEvent, type ReadEvent, readChangeEvent } from '../events/change-event.ts';
import { byteWriter, type TextBudget, unlimited } from '../json/byte-writer.ts';
import { bufferOf, type Member, type Span } from '../json/json-text.ts';
import { allAtOnce, type Steps } from '../json/steps.ts';
import { editOf } from './edit.ts';
import { valueHasher } from './hash-value.ts';
import { keyedHashOf } from './keyed-hash.ts';
import { redactUpdate } from './redact-update.ts';
import { redactValue } from './redact-value.ts';
import { pathsFor, type Redactions } from './rules.ts';
import { sequenceWithoutKey, tokenMayTell } from './sequence.ts';

/** The fields that identify an event. They contain nothing of a document, except the key in the token `_id`. */
const ownFields = new Set(['operationType', 'clusterTime', 'wallTime', 'ns', 'to']);

export function readRedactedEvent(text: Uint8Array, span: Span, redactions: Redactions | undefined): ReadEvent {
  return allAtOnce(redactedEventSteps(text, span, redactions));
}

/** The same in steps. `budget` limits the text that redaction makes. */
export function* redactedEventSteps(
  text: Uint8Array,
  span: Span,
  redactions: Redactions | undefined,
  budget = unlimited,
): Steps<ReadEvent> {
  const read = readChangeEvent(text, span);
  if (read.kind === 'refused' || redactions === undefined) return read;
  return { kind: 'change-event', event: yield* redactSteps(read.event, redactions, budget) };
}

export function redact(event: ChangeEvent, redactions: Redactions): ChangeEvent {
  return allAtOnce(redactSteps(event, redactions, unlimited));
}

/** Returns the event unchanged if no rule concerns it. */
function* redactSteps(event: ChangeEvent, redactions: Redactions, budget: TextBudget): Steps<ChangeEvent> {
  const paths = pathsFor(redactions, event.db, event.coll);
  if (paths === undefined) return event;
  const { fields, sequence } = event;
  const text = bufferOf(event.text);
  const hash = keyedHashOf(redactions.key);
  const hashOf = valueHasher(hash, budget);
  const changed = new Set<string>();
  const out = byteWriter(expectedBytes(fields), budget);

  out.text('{');
  for (const [name, field] of fields) {
    if (name === '_id') continue;
    out.copy(text, field.keyStart, field.keyEnd);
    out.text(':');
    const edit = editOf(out, text, field.start);
    if (name === 'updateDescription') yield* redactUpdate(edit, field.start, paths, hashOf);
    else if (!ownFields.has(name)) yield* redactValue(edit, field.start, paths, hashOf);
    if (edit.finish(field.end)) changed.add(name);
    out.text(',');
  }
  const mayTell = tokenMayTell(event, paths, changed.has('documentKey'));
  if (changed.size === 0 && !mayTell) {
    out.free();
    return event;
  }
  const token = mayTell ? sequenceWithoutKey(sequence, hash) : sequence;
  out.text(`"_id":{"_data":${JSON.stringify(token)}}}`);
  return readAgain(out.bytes());
}

function readAgain(text: Uint8Array): ChangeEvent {
  const read = readChangeEvent(text, { start: 0, end: text.length });
  if (read.kind === 'refused') throw new Error('Cannot redact an event: what placing needs must stay: it is refused');
  return read.event;
}

function expectedBytes(fields: ReadonlyMap<string, Member>): number {
  let bytes = 256;
  for (const { keyStart, end } of fields.values()) bytes += end - keyStart + 2;
  return bytes;
}
