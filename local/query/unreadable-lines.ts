// Says that a command left out lines of the lake.
import { withCommas } from '../with-commas.ts';
import type { KnownCollections } from './known-collections.ts';

/** `place` is a collection, or files of no collection. */
export function aboutUnreadableLines(lines: number, place: string): string[] {
  if (lines === 0) return [];
  const [which, are] = lines === 1 ? ['line', 'is no change event'] : ['lines', 'are no change events'];
  return [`Left out ${withCommas(lines)} ${which} of ${place} that ${are}`];
}

export function aboutFlatLines({ flatUnreadable }: Pick<KnownCollections, 'flatUnreadable'>): string[] {
  return aboutUnreadableLines(flatUnreadable, 'files outside of folders');
}
