import { fieldsOf, isFields, textIn } from './fields.ts';
import { outboxDatabase } from './outbox-database.ts';
import { sha256 } from './sha256.ts';
import type { OutgoingEvent } from './types.ts';
import { webhookIdOf } from './webhook-id.ts';

/** The outbox' own changes, and whatever is no event: "Run" in the Atlas UI passes a greeting. */
export function isToBeIgnored(changeEvent: Fields): boolean {
  return !isFields(changeEvent) || fieldsOf(changeEvent['ns'])['db'] === outboxDatabase;
}

export function outgoingEvent(changeEvent: Fields): OutgoingEvent {
  const ns = fieldsOf(changeEvent['ns']);
  const db = textIn(ns['db']);
  const coll = textIn(ns['coll']);
  const token = textIn(fieldsOf(changeEvent['_id'])['_data']);
  // Canonical, so that no number changes its type; and built here, because the signature covers exactly these bytes.
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

/** The documentation has one argument, and canonical text for it; where options are known, they make sure. */
function canonicalText(changeEvent: Fields): string {
  try {
    return EJSON.stringify(changeEvent, { relaxed: false });
  } catch (_unknownOptions) {
    return EJSON.stringify(changeEvent);
  }
}

function orNull(text: string | undefined): string | null {
  return text === undefined ? null : text;
}
