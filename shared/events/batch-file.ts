// Groups the events of one request that share a namespace and an hour into one file, to save writes.
import { compareText } from '../lake/compare-text.ts';
import { sha256Hex } from '../lake/path-name.ts';
import type { ReadEvent } from './change-event.ts';
import type { EventTrace } from './event-outcome.ts';
import { folderOf, hourFolder, type Naming, type Placed, timeName } from './lake-path.ts';

/** The parts of an event that name its file, and a way to read the event again. */
export interface BatchedEvent {
  /** The position in the request. */
  readonly index: number;
  readonly read: () => ReadEvent | Promise<ReadEvent>;
  readonly placed: Placed;
  readonly isSnapshot: boolean;
  /** The expected size of its line. */
  readonly bytes: number;
  readonly trace: EventTrace;
}

export interface BatchFile {
  readonly path: string;
  /** In stream order, each event once. */
  readonly events: readonly BatchedEvent[];
  /** Further copies of the same events in the request. */
  readonly repeated: readonly BatchedEvent[];
}

/** Snapshot events have separate files. So a page of a collection always gets the same file name. */
export function batchFiles(events: readonly BatchedEvent[], naming: Naming): BatchFile[] {
  const groups = Map.groupBy(events, ({ isSnapshot, placed: { db, coll, time } }) =>
    JSON.stringify([isSnapshot, db ?? null, coll ?? null, hourFolder(time.ms)]),
  );
  return [...groups.values()].map((group) => batchFile(group, naming));
}

function batchFile(group: readonly BatchedEvent[], naming: Naming): BatchFile {
  // The sort is stable, so the first of two equal events counts.
  const sorted = group.toSorted((one, other) => compareText(one.placed.sequence, other.placed.sequence));
  const isRepeated = sorted.map(({ placed }, at) => placed.sequence === sorted[at - 1]?.placed.sequence);
  const events = sorted.filter((_, at) => !isRepeated[at]);
  const [first] = events;
  if (first === undefined) throw new Error('Cannot name a batch file: it must have events: it has none');
  const sequences = events.map(({ placed }) => placed.sequence);
  const path = batchPath(first.placed, sequences.length, JSON.stringify(sequences), naming);
  return { path, events, repeated: sorted.filter((_, at) => isRepeated[at]) };
}

/**
 * Takes the first event, and the sequences of all events in stream order, as the text of a JSON array. So the path
 * depends only on the set of events, and a redelivery in another order finds the same file.
 */
export function batchPath(
  first: Pick<Placed, 'db' | 'coll' | 'time'>,
  count: number,
  sequences: string,
  naming: Naming,
): string {
  const { db, coll, time } = first;
  const namespace = `${JSON.stringify(db ?? null)},${JSON.stringify(coll ?? null)}`;
  const digest = sha256Hex(`[${namespace},${sequences}]`).slice(0, 16);
  const name = `${naming.filePrefix}-${timeName(time)}-${count}-${digest}.jsonl`;
  return `${folderOf(first, naming)}${name}`;
}
