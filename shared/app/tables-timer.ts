// Reads the schedule of the tables' timer. It never throws, because it runs while the function is registered.
import type { Environment } from './setting-reader.ts';

export interface TablesTimer {
  /** A cron expression of six fields, in UTC. */
  readonly schedule: string;
}

/** Undefined if TABLES is off. The first run reports other problems with the settings. */
export function tablesTimer(environment: Environment): TablesTimer | undefined {
  const format = environment['TABLES']?.trim() || 'off';
  if (format === 'off') return undefined;
  const minutes = environment['TABLES_EVERY_MINUTES']?.trim() ?? '';
  // Five minutes past the hour, events of the last hour have arrived.
  return { schedule: /^(?:30|20|15|10|5|2|1)$/.test(minutes) ? `0 */${minutes} * * * *` : '0 5 * * * *' };
}
