// Sorts the documents of a batch file by their tokens.

import { digitZero } from '../../shared/json/json-bytes.ts';
import { compareText } from '../../shared/lake/compare-text.ts';
import type { KeyDigest } from './snapshot-token.ts';

/** More than the documents of a batch. */
const places = 4096;
/** As many as fit a double beside a place. */
const beginningDigits = 9;

/** Returns the places of the documents in stream order. The first of a repeated document counts. */
export function orderOf(digests: readonly KeyDigest[]): number[] {
  // The engine sorts numbers without a comparing function, in a tenth of the time.
  const numbers = new Float64Array(digests.length);
  for (let place = 0; place < digests.length; place++)
    numbers[place] = beginningOf(digests[place] ?? '') * places + place;
  const order: number[] = [];
  for (const number of numbers.sort()) order.push(number - Math.floor(number / places) * places);
  const digestOf = (place: number): KeyDigest => digests[place] ?? '';
  const isInOrder = order.every((place, at) => at === 0 || digestOf(order[at - 1] ?? 0) <= digestOf(place));
  // In one of 100,000 batches, two digests have the same beginning.
  if (!isInOrder) order.sort((one, other) => compareText(digestOf(one), digestOf(other)) || one - other);
  return order.filter((place, at) => at === 0 || digestOf(place) !== digestOf(order[at - 1] ?? 0));
}

/** A number that sorts as the first digits do. The characters from "0" to "F" are 23. */
function beginningOf(digest: KeyDigest): number {
  let beginning = 0;
  for (let at = 0; at < beginningDigits; at++) beginning = beginning * 23 + digest.charCodeAt(at) - digitZero;
  return beginning;
}
