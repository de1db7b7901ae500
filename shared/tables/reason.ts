import { describeFault } from '../lake/fault.ts';

/**
 * Why a table is broken. Our own messages contain only tables and settings. A message of a store or a library can
 * contain a path, and so a document's key. Only its name and code are shown.
 */
export function reasonOf(error: unknown): string {
  const isOurs = error instanceof Error && error.message.startsWith('Cannot ');
  return isOurs ? error.message : `the store must do what is asked: ${describeFault(error)}`;
}
