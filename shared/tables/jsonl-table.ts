// TABLES=jsonl: the same difference, as numbered files of an hour. For readers without Delta and Parquet.

import { digestOf } from '../events/lake-path.ts';
import { type DigestSet, digestSet } from './digest-set.ts';
import { type EventFile, folderOfDay } from './lake-files.ts';
import type { TablesPlace } from './places.ts';
import { type Row, rowsOf } from './row.ts';
import type { Appending, CommitOutcome, Table, TableDay } from './table.ts';

/** The content of the files of an hour, and the number of the next file. */
interface Hour {
  readonly digests: DigestSet;
  number: number;
}

export function jsonlTable(place: TablesPlace, folder: string): Table {
  return { open: (day, signal) => openDay(place, folder, day, signal) };
}

function openDay(place: TablesPlace, folder: string, day: string, signal: AbortSignal): TableDay {
  const hours = new Map<string, Promise<Hour>>();
  const openHour = (hour: string): Promise<Hour> => {
    const opened = hours.get(hour) ?? readHour(place, hourFolder(folder, hour), signal);
    hours.set(hour, opened);
    return opened;
  };

  return {
    lacking: async (files) => {
      const lacked: EventFile[] = [];
      for (const file of files) {
        const { digests } = await openHour(file.hour);
        if (file.digest === undefined || !digests.has(file.digest)) lacked.push(file);
      }
      return lacked;
    },
    together: (files) => files.filter(({ hour }) => hour === files[0]?.hour),
    newestHour: async () => undefined,
    begin: (hour) =>
      appending(
        place,
        hourFolder(folder, hour),
        `events-${day.replaceAll('-', '')}-${hour.slice(11)}`,
        () => openHour(hour),
        signal,
      ),
  };
}

function hourFolder(folder: string, hour: string): string {
  return `${folderOfDay(folder, hour.slice(0, 10))}/hour=${hour.slice(11)}`;
}

async function readHour(place: TablesPlace, folder: string, signal: AbortSignal): Promise<Hour> {
  const hour: Hour = { digests: digestSet(), number: 1 };
  for await (const page of place.reader.list(folder, signal)) {
    for (const { path } of page) {
      const [, number] = /\/events-\d{8}-\d{2}-(\d{4,})\.jsonl$/.exec(path) ?? [];
      if (number === undefined) continue;
      await addFile(hour, place, path, signal);
      hour.number = Math.max(hour.number, Number(number) + 1);
    }
  }
  return hour;
}

async function addFile(
  { digests }: Hour,
  place: TablesPlace,
  path: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const content = await place.reader.read(path, signal);
  const rows = rowsOf(content ?? new Uint8Array());
  if (rows === undefined) throw new Error(`Cannot read a table: each line must be one of ours: "${path}" has another`);
  for (const row of rows) digests.add(digestOfRow(row));
  return content;
}

function digestOfRow({ db, coll, sequence }: Row): string {
  return digestOf({ db: db ?? undefined, coll: coll ?? undefined, sequence });
}

function appending(
  place: TablesPlace,
  folder: string,
  name: string,
  openHour: () => Promise<Hour>,
  signal: AbortSignal,
): Appending {
  const pieces: Uint8Array[] = [];
  const rows = new Map<string, string>();
  let bytes = 0;
  return {
    add: (row) => {
      pieces.push(row.line, newline);
      rows.set(digestOfRow(row), row.sequence);
      bytes += row.line.length + 1;
    },
    bytes: () => bytes,
    commit: async () => await commit(await openHour()),
  };

  async function commit(hour: Hour): Promise<CommitOutcome> {
    const content = Buffer.concat(pieces);
    for (let conflicts = 0; ; conflicts++) {
      const doubles = [...rows].filter(([digest]) => hour.digests.has(digest)).map(([, sequence]) => sequence);
      if (doubles.length > 0) return { kind: 'overlaps', sequences: new Set(doubles), conflicts };
      const path = `${folder}/${name}-${String(hour.number).padStart(4, '0')}.jsonl`;
      if ((await place.writer.create(path, content, 'application/jsonl', signal)) === 'created')
        return { kind: 'committed', conflicts };
      // The put was made twice, its answer was lost, or another run took the number.
      const winner = await addFile(hour, place, path, signal);
      if (winner !== undefined && content.equals(winner)) return { kind: 'committed', conflicts };
      hour.number++;
    }
  }
}

const newline = Buffer.from('\n');
