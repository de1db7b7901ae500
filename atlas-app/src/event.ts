// The form in which a change event is signed, sent and kept.
import { sha256, webhookIdOf } from './signature.ts';

/** A separate database, so that a trigger on the whole cluster can ignore its changes. */
export const ownDatabase = 'atlas_lake_sync';

export interface OutgoingEvent {
  /** The resume token. Undefined when the event has none. */
  readonly token: string | undefined;
  /** A hash of the token, because the token contains the document key. The same at each try. */
  readonly webhookId: string;
  /** The last part of the file name of the event. */
  readonly digest: string;
  readonly namespace: string;
  readonly operationType: string;
  readonly text: string;
}

/** Changes of the outbox itself, and values that are no event: "Run" in the Atlas UI passes a greeting. */
export function isToBeIgnored(changeEvent: Fields): boolean {
  return !isFields(changeEvent) || fieldsOf(changeEvent['ns'])['db'] === ownDatabase;
}

export function outgoingEvent(changeEvent: Fields): OutgoingEvent {
  const ns = fieldsOf(changeEvent['ns']);
  const db = textIn(ns['db']);
  const coll = textIn(ns['coll']);
  const token = textIn(fieldsOf(changeEvent['_id'])['_data']);
  // Made only once, because the signature covers exactly these bytes.
  const text = canonicalText(changeEvent);
  return {
    token,
    webhookId: webhookIdOf('evt', token === undefined ? text : token),
    digest: sha256(JSON.stringify([orNull(db), orNull(coll), orNull(token)])).slice(0, 16),
    namespace: [db, coll].filter((name) => name !== undefined).join('.'),
    operationType: String(changeEvent['operationType']),
    text,
  };
}

/**
 * Canonical, so that no number changes its type. The documentation says that canonical is the default without options.
 */
export function canonicalText(value: unknown): string {
  try {
    return EJSON.stringify(value, { relaxed: false });
  } catch (_unknownOptions) {
    return EJSON.stringify(value);
  }
}

/** False for a document with a field `_bsontype`: neither Extended JSON nor a query can have it. */
export function isWritable(value: unknown): boolean {
  try {
    canonicalText([value]);
    return true;
  } catch (_unwritable) {
    return false;
  }
}

/** The canonical text, or the members in a list where it cannot be written. */
export function anyText(value: unknown): string {
  try {
    return canonicalText(value);
  } catch (_unwritable) {
    const fields = fieldsOf(value);
    const members = Array.isArray(value) ? value : Object.keys(fields).map((name) => [name, fields[name]]);
    return `[${members.map((member) => anyText(orNull(member))).join(',')}]`;
  }
}

export function orNull<T>(value: T | undefined): T | null {
  return value === undefined ? null : value;
}

export function byteLength(text: string): number {
  return require('buffer').Buffer.byteLength(text, 'utf8');
}

/** Reads unchecked values: an event, an answer, a document of the database. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
