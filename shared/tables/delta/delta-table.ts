// A Delta table of changes: docs/tables.md. Its log is its only state.

import { randomUUID } from 'node:crypto';
import { type DigestSet, digestSet } from '../digest-set.ts';
import { hourOfMs } from '../lake-files.ts';
import { dataFile } from '../parquet/data-file.ts';
import type { TablesPlace } from '../places.ts';
import type { Table, TableDay } from '../table.ts';
import type { AddFile } from './actions.ts';
import { commitAdd } from './commit.ts';
import { addKnownDigests, filesKey } from './known-files.ts';
import { overlapOf } from './overlap.ts';
import { loadSnapshot, type Snapshot } from './snapshot.ts';
import { statsOf } from './stats.ts';

/** Keeps the entries that it has read until the run ends, because a table only grows. */
export function deltaTable(place: TablesPlace, folder: string): Table {
  let last: Snapshot | undefined;
  let checkpointVersion = 0;
  let known = { day: '', digests: digestSet(), paths: new Set<string>() };
  return {
    open: (day, signal) => {
      if (known.day !== day) known = { day, digests: digestSet(), paths: new Set() };
      const { digests, paths } = known;
      const load = async (): Promise<Snapshot> => {
        const loaded = await loadSnapshot(place.reader, folder, signal, last);
        last = { ...loaded, checkpointVersion: Math.max(loaded.checkpointVersion, checkpointVersion) };
        return last;
      };
      const know = async (snapshot: Snapshot): Promise<DigestSet> => {
        for (const add of addsOfDay(snapshot, day)) {
          if (paths.has(add.path)) continue;
          await addKnownDigests(digests, place.reader, folder, add, signal);
          paths.add(add.path);
        }
        return digests;
      };
      const onCheckpoint = (version: number): void => {
        checkpointVersion = version;
      };
      return openDay({ place, folder, day, load, know, onCheckpoint }, signal);
    },
  };
}

interface Opening {
  readonly place: TablesPlace;
  readonly folder: string;
  readonly day: string;
  readonly load: () => Promise<Snapshot>;
  readonly know: (snapshot: Snapshot) => Promise<DigestSet>;
  readonly onCheckpoint: (version: number) => void;
}

/** Loads the log late: a day without files costs no request for its table. */
function openDay({ place, folder, day, load, know, onCheckpoint }: Opening, signal: AbortSignal): TableDay {
  let loading: Promise<Snapshot> | undefined;
  const snapshot = (): Promise<Snapshot> => {
    loading ??= load();
    return loading;
  };
  let knowing: Promise<DigestSet> | undefined;

  return {
    lacking: async (files) => {
      knowing ??= snapshot().then(know);
      const digests = await knowing;
      return files.filter(({ digest }) => digest === undefined || !digests.has(digest));
    },
    together: (files) => files,
    newestHour: async () => {
      let newest: string | undefined;
      for (const add of (await snapshot()).adds.values()) {
        const ms = statsOf(add)?.newestMs;
        if (ms !== undefined && (newest === undefined || hourOfMs(ms) > newest)) newest = hourOfMs(ms);
      }
      return newest;
    },
    begin: () => {
      const file = dataFile();
      return {
        add: file.add,
        bytes: file.bytes,
        commit: async ({ sequences, digests }) => {
          const base = await snapshot();
          const doubles = await overlapOf(sequences, place.reader, folder, addsOfDay(base, day), signal);
          if (doubles.size > 0) return { kind: 'overlaps', sequences: doubles, conflicts: 0 };
          const { content, rows, stats } = file.finish([
            { key: filesKey, value: Buffer.from(digests.join(''), 'hex').toString('base64') },
          ]);
          const path = `date=${day}/part-00000-${randomUUID()}.snappy.parquet`;
          // The name is new. If the file exists, it is this one, and the answer was lost.
          await place.writer.create(`${folder}/${path}`, content, 'application/vnd.apache.parquet', signal);
          const add: AddFile = {
            path,
            partitionValues: { date: day },
            size: content.length,
            modificationTime: Date.now(),
            dataChange: true,
            tags: undefined,
            stats: JSON.stringify(stats),
          };
          return await commitAdd({ place, folder, base, add, rows, sequences, onCheckpoint }, signal);
        },
      };
    },
  };
}

/** The data files of a day. */
export function addsOfDay({ adds }: Snapshot, day: string): AddFile[] {
  return [...adds.values()].filter(({ partitionValues }) => partitionValues['date'] === day);
}
