// The events of one request that share a namespace and an hour, as one file: a thousand events for the price of one write.
import { sha256Hex } from '../lake/path-name.ts';
import type { ReadEvent } from './change-event.ts';
import type { EventTrace } from './event-outcome.ts';
import { folderOf, hourFolder, type Naming, type Placed, timeName } from './lake-path.ts';

/** What the name of its file needs of an event, and how to read the rest. */
export interface BatchedEvent {
  /** Its place in the request. */
  readonly index: number;
  readonly read: () => ReadEvent | Promise<ReadEvent>;
  readonly placed: Placed;
  readonly isSnapshot: boolean;
  /** About what its line will take. */
  readonly bytes: number;
  readonly trace: EventTrace;
}

export interface BatchFile {
  readonly path: string;
  /** In stream order, each event once. */
  readonly events: readonly BatchedEvent[];
  /** The same events again, as the request has them. */
  readonly repeated: readonly BatchedEvent[];
}

/** Snapshot events have files of their own: a page of a collection finds its file, whatever else a request holds. */
export function batchFiles(events: readonly BatchedEvent[], naming: Naming): BatchFile[] {
  const groups = Map.groupBy(events, ({ isSnapshot, placed: { db, coll, time } }) =>
    JSON.stringify([isSnapshot, db ?? null, coll ?? null, hourFolder(time.ms)]),
  );
  return [...groups.values()].map((group) => batchFile(group, naming));
}

function batchFile(group: readonly BatchedEvent[], naming: Naming): BatchFile {
  // Sorting keeps the order of what is equal: of an event that came twice the first counts.
  const sorted = group.toSorted((one, other) => compareText(one.placed.sequence, other.placed.sequence));
  const isRepeated = sorted.map(({ placed }, at) => placed.sequence === sorted[at - 1]?.placed.sequence);
  const events = sorted.filter((_, at) => !isRepeated[at]);
  const [first] = events;
  if (first === undefined) throw new Error('Cannot name a batch file: it must have events: it has none');
  const sequences = events.map(({ placed }) => placed.sequence);
  const path = batchPath(first.placed, sequences, naming);
  return { path, events, repeated: sorted.filter((_, at) => isRepeated[at]) };
}

/**
 * A pure function of the set of events, given the first one and the sequences of all in stream order: the same request again
 * finds its file, whatever the order.
 */
export function batchPath(
  first: Pick<Placed, 'db' | 'coll' | 'time'>,
  sequences: readonly string[],
  naming: Naming,
): string {
  const { db, coll, time } = first;
  const digest = sha256Hex(JSON.stringify([db ?? null, coll ?? null, sequences])).slice(0, 16);
  const name = `${naming.filePrefix}-${timeName(time)}-${sequences.length}-${digest}.jsonl`;
  return `${folderOf(first, naming)}${name}`;
}

/** As UTF-16 compares, which for resume tokens is stream order. */
function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
