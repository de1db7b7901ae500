// The sizes of pages and requests of a load. They follow the sizes of its documents.
import { byteLength, type OutgoingEvent } from './event.ts';
import { type Answer, limitsIn } from './receipt.ts';

/** The most bytes of the documents of a page, and of the events of a request. */
export const pageBytes = 8000000;
/** Four documents of 16 MB and the text of one fit into the 350 MB of a function. */
export const firstPage = 4;

/** The size of pages and requests. They grow while documents are small, and shrink with each 413. */
export interface Sizes {
  documents: number;
  events: number;
  bytes: number;
  /** What one request may hold by the app's values. */
  readonly mostEvents: number;
}

export function firstSizes(mostEvents: number): Sizes {
  return { documents: Math.min(firstPage, mostEvents), events: mostEvents, bytes: pageBytes, mostEvents };
}

/**
 * One event always fits. Ends before a document without an event. Texts are made only here, because the texts of a page
 * can be very large together.
 */
export function cutRequest(
  documents: readonly Fields[],
  eventOf: (document: Fields) => OutgoingEvent | undefined,
  sizes: Sizes,
): OutgoingEvent[] {
  const events: OutgoingEvent[] = [];
  let bytes = 1;
  for (const document of documents) {
    if (events.length >= sizes.events) break;
    const event = eventOf(document);
    if (event === undefined) break;
    bytes += byteLength(event.text) + 1;
    if (events.length > 0 && bytes > sizes.bytes) break;
    events.push(event);
  }
  return events;
}

export function fitting(events: readonly OutgoingEvent[], sizes: Sizes): number {
  let bytes = 1;
  const over = events.findIndex(({ text }, index) => {
    bytes += byteLength(text) + 1;
    return index >= sizes.events || bytes > sizes.bytes;
  });
  return over < 0 ? events.length : over;
}

/** Uses the receiver's own limit, or halves the request: a host or a proxy names no limit. */
export function shrink(sizes: Sizes, answer: Answer, events: readonly OutgoingEvent[]): void {
  const most = limitsIn(answer);
  if (most.bytes < bytesOf(events)) sizes.bytes = most.bytes;
  else if (most.events < events.length) sizes.events = most.events;
  else sizes.events = Math.max(1, Math.floor(events.length / 2));
}

export function bytesOf(events: readonly OutgoingEvent[]): number {
  return events.reduce((sum, { text }) => sum + byteLength(text) + 1, 1);
}

/** The next page has four times as many documents, but not more than one request can hold of documents like these. */
export function grow(sizes: Sizes, documents: number, bytes: number): void {
  const average = Math.max(1, bytes / Math.max(1, documents));
  sizes.documents = Math.max(1, Math.min(sizes.mostEvents, sizes.documents * 4, Math.floor(pageBytes / average)));
}
