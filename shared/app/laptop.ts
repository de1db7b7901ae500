// Whether this process serves one person on one machine. A deployed app has no such mark, and shows counts and names alone.
import type { Environment } from './setting-reader.ts';

/** Set by `npm start` alone. */
export const laptopMark = 'ATLAS_LAKE_SYNC_LAPTOP';

export function isLaptop(environment: Environment): boolean {
  return environment[laptopMark] === 'yes';
}
