// Batches of events of one kilobyte. Each batch is within one hour, and a hundred batches within one day.
import { insertEvent } from '../support/lake-events.ts';

export const batchSize = 1_000;

const words =
  'as agreed by telephone the customer prefers a delivery in the morning to the house behind the garden'.split(' ');

export function eventsOf(batch: number): object[] {
  return [...Array(batchSize).keys()].map((index) =>
    insertEvent({
      second: batch * 300,
      increment: index + 1,
      fields: { fullDocument: { _id: batch * batchSize + index, note: note(batch * batchSize + index) } },
    }),
  );
}

/** Words and numbers in another order for each event. They repeat as in real documents. */
function note(seed: number): string {
  let text = '';
  for (let state = seed + 1; text.length < 640; state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0)
    text += `${words[state % words.length]} ${state % 5 === 0 ? state : ''} `;
  return text;
}
