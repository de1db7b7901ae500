// Reads the progress of tables from their logs, for the status page. Each view reads a few tables, to stay cheap.
import { concurrently } from '../../async/concurrently.ts';
import { deadlineIn, endingWith } from '../../async/deadline.ts';
import { dayFolder, hourMs } from '../../events/lake-path.ts';
import { describeFault } from '../../lake/fault.ts';
import { tableState } from '../../tables/delta/table-state.ts';
import { joined } from '../../tables/lake-files.ts';
import type { Places } from '../../tables/places.ts';
import { reasonOf } from '../../tables/reason.ts';
import type { TableStatus } from './status.ts';

/** By the folder of each collection. Tables that no view has reached yet are missing. */
export type TableStates = (folders: readonly string[], now: Date) => Promise<ReadonlyMap<string, TableStatus>>;

export interface TableStatesOptions {
  readonly heldMs: number;
  /** Each table costs a list, a checkpoint and up to ten commits. */
  readonly maxTables: number;
}

const viewMs = 5_000;
const concurrency = 5;

interface Held {
  readonly atMs: number;
  readonly status: TableStatus;
}

export function tableStates(places: Places, { heldMs, maxTables }: TableStatesOptions): TableStates {
  const states = new Map<string, Held>();
  let looking: Promise<void> | undefined;

  return async (folders, now) => {
    const nowMs = now.getTime();
    // People who look at the same time share one look.
    looking ??= look(folders, nowMs).finally(() => {
      looking = undefined;
    });
    await looking;
    return new Map([...states].map(([folder, { status }]) => [folder, status]));
  };

  async function look(folders: readonly string[], nowMs: number): Promise<void> {
    const ageOf = (folder: string): number => nowMs - (states.get(folder)?.atMs ?? 0);
    const due = folders.filter((folder) => ageOf(folder) >= heldMs).sort((one, other) => ageOf(other) - ageOf(one));
    using deadline = deadlineIn(viewMs);
    const { signal } = deadline;
    await concurrently(due.slice(0, maxTables), concurrency, async (folder) => {
      if (!signal.aborted) states.set(folder, { atMs: nowMs, status: await statusOf(folder, nowMs, signal) });
    });
  }

  async function statusOf(folder: string, nowMs: number, signal: AbortSignal): Promise<TableStatus> {
    try {
      const tableFolder = joined(places.tables.directory, folder);
      return await endingWith(signal, places.kind === 'delta' ? delta(tableFolder) : jsonl(tableFolder));
    } catch (error) {
      const fault = signal.aborted ? describeFault(error) : reasonOf(error);
      return { exists: true, rows: null, newestMs: undefined, fault };
    }

    async function delta(tableFolder: string): Promise<TableStatus> {
      const { version, rows, newestMs } = await tableState(places.tables.reader, tableFolder, signal);
      return { exists: version !== null, rows, newestMs, fault: undefined };
    }

    /** Looks only at the file names of the last two days. Counting rows would need a read of all files. */
    async function jsonl(tableFolder: string): Promise<TableStatus> {
      let newestMs: number | undefined;
      for (const ms of [nowMs, nowMs - 24 * hourMs]) {
        for await (const page of places.tables.reader.list(`${tableFolder}/${dayFolder(ms)}`, signal))
          for (const { path } of page) newestMs = Math.max(newestMs ?? 0, hourOf(path));
      }
      return { exists: newestMs !== undefined, rows: null, newestMs, fault: undefined };
    }
  }
}

function hourOf(path: string): number {
  const [, year, month, day, hour] = /\/year=(\d{4})\/month=(\d\d)\/day=(\d\d)\/hour=(\d\d)\//.exec(path) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:00:00Z`) || 0;
}
