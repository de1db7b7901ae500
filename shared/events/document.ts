// Which document a change event carries.

import type { Span } from '../json/json-text.ts';
import type { ChangeEvent } from './change-event.ts';

/**
 * Undefined where the event carries none: it was not asked for, no pre-image was kept, or the document was gone when the
 * server looked it up. Only a delete carries the document before the change: with any other operation that would pass off
 * an old state as the new one.
 */
export function pickDocument({ operationType, fields }: ChangeEvent): Span | undefined {
  return fields.get(operationType === 'delete' ? 'fullDocumentBeforeChange' : 'fullDocument');
}
