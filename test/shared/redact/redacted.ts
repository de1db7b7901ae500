// The redacted text of events, for the tests beside this file.
import assert from 'node:assert/strict';
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { ChangeEvent } from '../../../shared/events/change-event.ts';
import { pickDocument } from '../../../shared/events/document.ts';
import { envelopeLine } from '../../../shared/events/envelope.ts';
import { formats } from '../../../shared/format/formats.ts';
import { unlimited } from '../../../shared/json/byte-writer.ts';
import type { Span } from '../../../shared/json/json-text.ts';
import { allAtOnce } from '../../../shared/json/steps.ts';
import { valueHasher } from '../../../shared/redact/hash-value.ts';
import { keyedHashOf } from '../../../shared/redact/keyed-hash.ts';
import { readRules } from '../../../shared/redact/read-rules.ts';
import { redact } from '../../../shared/redact/redact.ts';
import { type Redactions, redactionsOf } from '../../../shared/redact/rules.ts';
import { type EventFields, eventOf, readEvent } from '../../support/change-events.ts';

export const redactKey = `whsec_${Buffer.alloc(32, 'r').toString('base64')}`;
export const redactSecret = createSecretKey(Buffer.alloc(32, 'r'));

/** The JSON that replaces a value. */
export function hashedValue(text: Uint8Array, value: Span, key: KeyObject): string {
  const hashed = valueHasher(keyedHashOf(key), unlimited)(text, value);
  return typeof hashed === 'string' ? hashed : allAtOnce(hashed);
}

export function redactionsFrom(text: string): Redactions {
  const { rules, problems } = readRules(text);
  assert.deepEqual(problems, []);
  return redactionsOf(rules, redactSecret);
}

export function redacted(fields: EventFields, text: string): ChangeEvent {
  return redact(eventOf(fields), redactionsFrom(text));
}

/** The event's file, except its clusterTime and sequence. */
export function redactedLine(fields: EventFields, text: string): Readonly<Record<string, unknown>> {
  const { clusterTime: _, sequence: __, ...line } = JSON.parse(lineOf(redacted(fields, text)));
  return line;
}

export function lineOf(event: ChangeEvent, format: keyof typeof formats = 'relaxed'): string {
  return Buffer.from(envelopeLine(event, pickDocument(event), formats[format])).toString();
}

/** The redacted text of one document. */
export function redactedDocument(document: string, text: string): string {
  const head = '{"_id":{"_data":"82"},"operationType":"insert","ns":{"db":"shop","coll":"customers"}';
  const time = '"clusterTime":{"$timestamp":{"t":1,"i":1}},"documentKey":{"_id":1}';
  const event = readEvent(Buffer.from(`${head},${time},"fullDocument":${document}}`));
  return fieldText(redact(event, redactionsFrom(text)), 'fullDocument');
}

export function fieldText({ text, fields }: ChangeEvent, name: string): string {
  const field = fields.get(name) ?? assert.fail(`there is no ${name}`);
  return Buffer.from(text.subarray(field.start, field.end)).toString();
}
