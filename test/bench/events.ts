// The measured events: different updates of 1.1 KB in canonical text, as Atlas sends them.
import { readChangeEvent } from '../../shared/events/change-event.ts';
import { pickDocument } from '../../shared/events/document.ts';
import { envelopeLine } from '../../shared/events/envelope.ts';
import { refusalText } from '../../shared/events/refusal.ts';
import { formats } from '../../shared/format/formats.ts';
import { eventSeconds, tokenOf } from '../support/change-events.ts';

const order = {
  _id: { $oid: '573a1390f29313caabcd4135' },
  customer: { name: 'Ada Lovelace', city: 'London', since: { $date: { $numberLong: '1402531200000' } } },
  lines: [
    { article: 'A-4711', count: { $numberInt: '2' }, price: { $numberDecimal: '19.90' } },
    { article: 'B-0815', count: { $numberInt: '1' }, price: { $numberDecimal: '249.00' } },
  ],
  total: { $numberDouble: '288.8' },
  views: { $numberLong: '9007199254740993' },
  note: 'Leave it with the neighbours, please: second door on the left, the bell is broken.',
  paid: true,
};

const template = JSON.stringify({
  _id: { _data: '@token' },
  operationType: 'update',
  clusterTime: { $timestamp: { t: eventSeconds, i: '@increment' } },
  wallTime: { $date: { $numberLong: `${eventSeconds}250` } },
  fullDocument: order,
  ns: { db: 'shop', coll: 'orders' },
  documentKey: { _id: order._id },
  updateDescription: {
    updatedFields: { total: order.total, 'lines.1.count': { $numberInt: '1' } },
    removedFields: ['draft'],
    truncatedArrays: [],
  },
});

let increment = 0;

export function nextEvent(): string {
  increment++;
  return template.replace('"@increment"', String(increment)).replace('@token', tokenOf(increment));
}

/** The body for a number of events: one, or an array. */
export function nextBody(events: number): string {
  return events === 1 ? nextEvent() : `[${Array.from({ length: events }, nextEvent).join()}]`;
}

/** The line that the receiver writes for an event. */
export function lineOf(event: string): Uint8Array {
  const text = Buffer.from(event);
  const read = readChangeEvent(text, { start: 0, end: text.length });
  if (read.kind === 'refused') throw new Error(refusalText(read.refusal));
  return envelopeLine(read.event, pickDocument(read.event), formats.relaxed);
}
