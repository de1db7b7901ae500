// The places, the database and the limits that a command reads collections with.
import type { LakeCollection } from './lake-catalog.ts';
import type { LakeDatabase } from './lake-database.ts';
import type { Hours } from './lake-files.ts';
import type { Places } from './open-places.ts';

export interface Reading {
  readonly places: Places;
  readonly database: LakeDatabase;
  readonly hours: Hours;
  /** The limit of bytes that are copied from Azure. */
  readonly maxCopiedBytes: number;
  /** The limit of event files in a sample, with a few files of the table, spread over all. Undefined: every file. */
  readonly mostFiles?: number;
  /** Bytes read so far, of all that are to be read for this collection. */
  readonly onRead: (collection: LakeCollection, done: number, total: number) => void;
  readonly signal: AbortSignal;
}
