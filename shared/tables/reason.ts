import { describeFault, isOurs } from '../lake/fault.ts';

/** Why a table is broken. */
export function reasonOf(error: unknown): string {
  return isOurs(error) ? error.message : `the store must do what is asked: ${describeFault(error)}`;
}
