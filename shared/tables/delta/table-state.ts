// The figures of a table, from its log only.
import type { LakeReader } from '../../lake/lake.ts';
import { loadSnapshot } from './snapshot.ts';
import { statsOf } from './stats.ts';

export interface TableState {
  /** Null if there is no table. */
  readonly version: number | null;
  readonly rows: number;
  readonly files: number;
  readonly newestMs: number | undefined;
}

export async function tableState(reader: LakeReader, folder: string, signal: AbortSignal): Promise<TableState> {
  const { version, adds } = await loadSnapshot(reader, folder, signal);
  let rows = 0;
  let newestMs: number | undefined;
  for (const add of adds.values()) {
    const stats = statsOf(add);
    rows += stats?.rows ?? 0;
    if (stats?.newestMs !== undefined) newestMs = Math.max(newestMs ?? stats.newestMs, stats.newestMs);
  }
  return { version: version < 0 ? null : version, rows, files: adds.size, newestMs };
}
