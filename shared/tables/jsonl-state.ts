// The figures of TABLES=jsonl: the number of files, and the newest event in the newest file.
import { linesOf } from './lines.ts';
import type { Places } from './places.ts';
import { readRow } from './row.ts';

export interface JsonlState {
  readonly version: null;
  readonly rows: null;
  readonly files: number;
  readonly newestMs: number | undefined;
}

export async function jsonlState({ tables }: Places, folder: string, signal: AbortSignal): Promise<JsonlState> {
  let files = 0;
  let newestHour = '';
  let inNewestHour: string[] = [];
  for await (const page of tables.reader.list(folder, signal)) {
    for (const { path } of page) {
      const [, hour] = /\/events-(\d{8}-\d{2})-\d{4,}\.jsonl$/.exec(path) ?? [];
      if (hour === undefined) continue;
      files++;
      if (hour > newestHour) inNewestHour = [];
      if (hour >= newestHour) {
        newestHour = hour;
        inNewestHour.push(path);
      }
    }
  }
  let newestMs: number | undefined;
  for (const path of inNewestHour) {
    for (const line of linesOf((await tables.reader.read(path, signal)) ?? new Uint8Array())) {
      const ms = readRow(line)?.clusterTime ?? undefined;
      if (ms !== undefined) newestMs = Math.max(newestMs ?? ms, ms);
    }
  }
  return { version: null, rows: null, files, newestMs };
}
