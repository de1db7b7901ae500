// A drop or a rename since the time of the source has deleted each of its documents. A repair would bring them back.
import type { DuckDBConnection } from '@duckdb/node-api';
import { CommandError } from '../command.ts';
import type { Namespace } from '../load/read-load-options.ts';
import { tokenTime } from '../load/snapshot-token.ts';
import { endsCollection } from '../views/view-queries.ts';
import { rowsOf } from './differences.ts';
import { timeOfToken } from './repair-time.ts';

export async function assertNotEnded(
  connection: DuckDBConnection,
  { database, collection }: Namespace,
  since: number | undefined,
): Promise<void> {
  if (since === undefined) return;
  const [found] = await rowsOf(
    connection,
    `SELECT max(sequence) FROM changes WHERE ${endsCollection} AND sequence >= '${tokenTime(since)}'`,
  );
  const sequence = found?.[0];
  if (typeof sequence !== 'string') return;
  throw new CommandError(
    `Cannot verify: --at must be later than the last drop or rename of ${database}.${collection}, because the source has documents that this event deleted: the event is from ${timeOfToken(sequence)}`,
  );
}
