// Picks the document of a change event.
import type { Span } from '../json/json-text.ts';
import type { ChangeEvent } from './change-event.ts';

/**
 * Undefined if the event has no document. The trigger did not ask for it, MongoDB kept no pre-image, or the document
 * was deleted before the look-up. Only a delete gives its pre-image. For other operations that would be an old state.
 */
export function pickDocument({ operationType, fields }: ChangeEvent): Span | undefined {
  return fields.get(operationType === 'delete' ? 'fullDocumentBeforeChange' : 'fullDocument');
}
