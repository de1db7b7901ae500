// The progress of a load, for people.
import type { Load } from './load-state.ts';

/** Documents per second. */
export function rateOf(documents: number, ms: number): number {
  return Math.round((documents / Math.max(1, ms)) * 10000) / 10;
}

export function progressOf(documents: number, estimated: number | undefined, rate: number): Fields {
  // Writes continue, so there can be more documents than the estimate.
  const total = estimated === undefined ? undefined : Math.max(estimated, documents);
  if (total === undefined) return { rate, percent: null, secondsLeft: null };
  const percent = total === 0 ? 100 : Math.floor((documents / total) * 100);
  return { rate, percent, secondsLeft: rate > 0 ? Math.round((total - documents) / rate) : null };
}

/** Without `kept` where no document waits, because a log line is short. */
export function countsOf({ documents, refused, kept, state }: Load): Fields {
  return Object.assign({ documents, refused }, kept === 0 ? {} : { kept }, { state });
}

/** There can be fewer documents than the estimate. A load that is done has them all. */
export const progressAtEnd = { percent: 100, secondsLeft: 0 };
