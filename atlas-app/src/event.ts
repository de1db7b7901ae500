// A change event on its way.
import { fieldsOf, isFields, textIn } from './fields.ts';

/** A separate database: a trigger on the whole cluster sees its changes, and must not send them. */
export const ownDatabase = 'atlas_lake_sync';

/** The text is what is signed, sent and kept, byte for byte. */
export interface OutgoingEvent {
  /** The resume token. Undefined when the event has none. */
  readonly token: string | undefined;
  /** Stable for the event. The token itself carries the key of the document. */
  readonly webhookId: string;
  /** The end of the name of the event's file. */
  readonly digest: string;
  readonly namespace: string;
  readonly operationType: string;
  readonly text: string;
}

/** The outbox' own changes, and everything that is no event: "Run" in the Atlas UI passes a greeting. */
export function isToBeIgnored(changeEvent: Fields): boolean {
  return !isFields(changeEvent) || fieldsOf(changeEvent['ns'])['db'] === ownDatabase;
}

export function outgoingEvent(changeEvent: Fields): OutgoingEvent {
  const ns = fieldsOf(changeEvent['ns']);
  const db = textIn(ns['db']);
  const coll = textIn(ns['coll']);
  const token = textIn(fieldsOf(changeEvent['_id'])['_data']);
  // Built here, because the signature covers exactly these bytes.
  const text = canonicalText(changeEvent);
  return {
    token,
    webhookId: webhookIdOf(token === undefined ? text : token),
    digest: sha256(JSON.stringify([orNull(db), orNull(coll), orNull(token)])).slice(0, 16),
    namespace: [db, coll].filter((name) => name !== undefined).join('.'),
    operationType: String(changeEvent['operationType']),
    text,
  };
}

/** Canonical, so that no number changes its type. One argument gives this by the documentation; the option makes sure. */
export function canonicalText(value: unknown): string {
  try {
    return EJSON.stringify(value, { relaxed: false });
  } catch (_unknownOptions) {
    return EJSON.stringify(value);
  }
}

function orNull(text: string | undefined): string | null {
  return text === undefined ? null : text;
}

export function webhookIdOf(token: string): string {
  return `evt_${sha256(token).slice(0, 32)}`;
}

export function sha256(text: string): string {
  return require('crypto').createHash('sha256').update(text, 'utf8').digest('hex');
}

export function byteLength(text: string): number {
  return require('buffer').Buffer.byteLength(text, 'utf8');
}
