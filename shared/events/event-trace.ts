import type { EventTrace } from '../http/receipt.ts';
import type { ChangeEvent } from './change-event.ts';
import { digestOf } from './lake-path.ts';

/** What may be told of an event: neither its document, nor its token, nor its path. */
export function traceOf(event: ChangeEvent): EventTrace {
  const { operationType, db, coll, time } = event;
  return { operationType, db, coll, eventMs: time.ms, digest: digestOf(event) };
}
