// Finds T0 of a repair: the time when the command began, or a second after the newest change that it must replace.
// Changes that applications make during the comparison are later than its beginning, so they stay. The clock of the
// cluster can be ahead.
import type { DuckDBConnection } from '@duckdb/node-api';
import { CommandError } from '../command.ts';
import { tokenTime } from '../load/snapshot-token.ts';
import { endsCollection } from '../views/view-queries.ts';
import { comparedKey, type Scope } from './fingerprints.ts';

/** A change of the next minutes must still be newer than the repair. */
const mostSecondsAhead = 300;

export async function repairSeconds(
  connection: DuckDBConnection,
  scope: Scope,
  begun: Date,
  now: Date,
): Promise<number> {
  const [begunSeconds, nowSeconds] = [secondsOf(begun), secondsOf(now)];
  const newest = await newestSequence(connection, scope);
  if (newest < tokenTime(begunSeconds)) return begunSeconds;
  const seconds = secondsOfToken(newest);
  if (seconds !== undefined && seconds <= nowSeconds + mostSecondsAhead) return seconds + 1;
  throw new CommandError(
    'Cannot repair: the newest change of a document must be at most 5 minutes later than the clock of this machine, ' +
      `or the repair would hide later changes: it is from ${timeOfToken(newest)}`,
  );
}

function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

/** This includes earlier repairs, drops and renames. */
async function newestSequence(connection: DuckDBConnection, scope: Scope): Promise<string> {
  const found = await connection.runAndReadAll(`SELECT coalesce(max(sequence), '') FROM changes
    WHERE ${endsCollection} OR ${comparedKey('"documentKey"', scope)} IN (SELECT key FROM differences)`);
  return String(found.getRows()[0]?.[0] ?? '');
}

function secondsOfToken(sequence: string): number | undefined {
  const digits = /^82([0-9A-F]{8})/i.exec(sequence)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

export function timeOfToken(sequence: string): string {
  const seconds = secondsOfToken(sequence);
  return seconds === undefined ? 'an unknown time' : timeOf(seconds);
}

export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
