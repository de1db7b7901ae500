// When the timer of the tables runs, read before anything else: what registers a function must not throw.
import type { Environment } from './setting-reader.ts';

export interface TablesTimer {
  /** Six fields, in UTC. */
  readonly schedule: string;
}

/** Undefined where TABLES is off. What else is wrong with the settings, the first run says. */
export function tablesTimer(environment: Environment): TablesTimer | undefined {
  const format = environment['TABLES']?.trim() || 'off';
  if (format === 'off') return undefined;
  const minutes = environment['TABLES_EVERY_MINUTES']?.trim() ?? '';
  // At five past: what was under way at the full hour is in the lake by then.
  return { schedule: /^(?:30|20|15|10|5|2|1)$/.test(minutes) ? `0 */${minutes} * * * *` : '0 5 * * * *' };
}
