// What a load is of: the state of one collection at one time.
import { pathsFor, type Redactions } from '../../shared/redact/rules.ts';

export interface Snapshot {
  readonly database: string;
  readonly collection: string;
  /** T0: the second at which the collection had the state of the dump, or an earlier second. */
  readonly seconds: number;
  /** The fields of a sharded collection's key, in order. `_id` follows them, unless it is one of them. */
  readonly shardKey: readonly string[];
}

/** Whether a rule of REDACT names the collection. */
export function isRedacted({ database, collection }: Snapshot, redactions: Redactions | undefined): boolean {
  return redactions !== undefined && pathsFor(redactions, database, collection) !== undefined;
}
