// Distinguishes a laptop from a deployed app. A deployed app shows only counts and names.
import type { Environment } from './setting-reader.ts';

/** Only `npm start` sets it. */
export const laptopMark = 'ATLAS_LAKE_SYNC_LAPTOP';

export function isLaptop(environment: Environment): boolean {
  return environment[laptopMark] === 'yes';
}
