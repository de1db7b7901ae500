// A lake and its tables in memory, and the content that foreign readers find in them.
import { parquetReadObjects } from 'hyparquet';
import { compact, type RunReport } from '../../shared/tables/compact.ts';
import type { HourRange } from '../../shared/tables/lake-files.ts';
import type { Places } from '../../shared/tables/places.ts';
import type { LakeEventFile } from './lake-events.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';
import { never } from './never.ts';

export const allHours: HourRange = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

export function placesOver(store: MemoryStore, kind: Places['kind'] = 'delta'): Places {
  const { reader, writer, replacer } = store;
  return {
    lake: { reader, directory: 'lake' },
    tables: { reader, writer, replacer, directory: 'lake-tables' },
    kind,
  };
}

export function storeWith(files: readonly LakeEventFile[]): MemoryStore {
  const store = memoryStore();
  put(store, files);
  return store;
}

/** Like the receiver: the first one wins. */
export function put(store: MemoryStore, files: readonly LakeEventFile[]): void {
  for (const { path, content } of files) if (!store.files.has(path)) store.files.set(path, Uint8Array.from(content));
}

export async function compactAll(
  store: MemoryStore,
  kind: Places['kind'] = 'delta',
  range = allHours,
): Promise<RunReport> {
  const options = { range, isOver: () => false };
  return await compact(placesOver(store, kind), options, never);
}

export type TableRow = Readonly<Record<string, unknown>> & { readonly date: string; readonly file: string };

/** Replays the log by the protocol, and reads every data file with hyparquet. */
export async function rowsOf(
  store: MemoryStore,
  table = 'lake-tables/shop/orders',
  columns?: string[],
): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for (const [file, date] of dataFilesOf(store, table)) {
    const content = store.files.get(`${table}/${file}`);
    if (content === undefined) throw new Error(`the log has a file that is missing: ${file}`);
    const buffer = new ArrayBuffer(content.length);
    new Uint8Array(buffer).set(content);
    const wanted = columns === undefined ? {} : { columns };
    for (const row of await parquetReadObjects({ file: buffer, ...wanted })) rows.push({ ...row, date, file });
  }
  return rows;
}

/** The path and the date of each data file in the entries of the log, from the first on. */
export function dataFilesOf(store: MemoryStore, table: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of entriesOf(store, table)) {
    for (const line of entry) {
      if (line.add !== undefined) files.set(line.add.path, line.add.partitionValues.date);
      if (line.remove !== undefined) files.delete(line.remove.path);
    }
  }
  return files;
}

interface LogLine {
  readonly add?: { readonly path: string; readonly partitionValues: { readonly date: string }; readonly stats: string };
  readonly remove?: { readonly path: string };
  readonly protocol?: object;
  readonly metaData?: object;
  readonly commitInfo?: { readonly txnId: string };
}

export function entriesOf(store: MemoryStore, table: string): LogLine[][] {
  const paths = [...store.files.keys()].filter(
    (path) => /\/_delta_log\/\d{20}\.json$/.test(path) && path.startsWith(`${table}/`),
  );
  return paths.sort().map((path) => linesIn(store.files.get(path)));
}

export function linesIn(content: Uint8Array | undefined) {
  const lines = Buffer.from(content ?? [])
    .toString('utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line));
}

export interface CheckpointRows {
  readonly version: number;
  readonly adds: number;
}

/** The rows that hyparquet finds in each checkpoint, and whether `_last_checkpoint` names one of them. */
export async function checkpointRowsOf(store: MemoryStore, table: string): Promise<CheckpointRows[]> {
  const found: CheckpointRows[] = [];
  for (const [path, content] of store.files) {
    const [, version] = /\/_delta_log\/(\d{20})\.checkpoint\.parquet$/.exec(path) ?? [];
    if (version === undefined || !path.startsWith(`${table}/`)) continue;
    const buffer = new ArrayBuffer(content.length);
    new Uint8Array(buffer).set(content);
    const rows = await parquetReadObjects({ file: buffer });
    found.push({ version: Number(version), adds: rows.filter(({ add }) => add).length });
  }
  const [last] = linesIn(store.files.get(`${table}/_delta_log/_last_checkpoint`) ?? Buffer.from('null'));
  if (last !== null && !found.some(({ version }) => version === last.version))
    throw new Error(`_last_checkpoint names a checkpoint that is missing: ${last.version}`);
  return found;
}

export async function sequencesOf(store: MemoryStore, table?: string): Promise<unknown[]> {
  return (await rowsOf(store, table, ['sequence'])).map(({ sequence }) => sequence);
}
