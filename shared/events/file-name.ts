// Reads the names of files that lake-path.ts and batch-file.ts write.

export interface FileName {
  /** The time of the first event, in whole seconds. */
  readonly ms: number;
  /** The number of events. */
  readonly events: number;
  /** The digest of the event or of the batch. */
  readonly digest: string;
}

/** The document id can be missing. */
const eventForm =
  /-(\d{10,12})-\d{10}(?:-(?:[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?-([0-9a-f]{16})\.json$/;
const batchForm = /-(\d{10,12})-\d{10}-(\d+)-([0-9a-f]{16})\.jsonl$/;

/** Takes a path too. Undefined if another program named the file. */
export function readFileName(path: string): FileName | undefined {
  const [, seconds, digest] = eventForm.exec(path) ?? [];
  if (seconds !== undefined && digest !== undefined) return { ms: Number(seconds) * 1000, events: 1, digest };
  const [, firstSeconds, events, digestOfAll] = batchForm.exec(path) ?? [];
  if (firstSeconds === undefined || digestOfAll === undefined) return undefined;
  return { ms: Number(firstSeconds) * 1000, events: Number(events), digest: digestOfAll };
}
