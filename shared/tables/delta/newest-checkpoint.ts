// Finds and reads the newest checkpoint of a table.
import { isRecord } from '../../json/record.ts';
import type { LakeReader } from '../../lake/lake.ts';
import { openParquet } from '../parquet/read-parquet.ts';
import type { Action } from './actions.ts';
import { checkpointPath, lastCheckpointPath, logPath, versionName } from './log-paths.ts';
import { actionsOf } from './read-actions.ts';

export interface Checkpoint {
  readonly version: number;
  readonly paths: readonly string[];
}

/** The checkpoint that `_last_checkpoint` names. Without that file, and without the first entry, it lists the log. */
export async function newestCheckpoint(
  reader: LakeReader,
  folder: string,
  signal: AbortSignal,
): Promise<Checkpoint | undefined> {
  const named = await namedCheckpoint(reader, folder, signal);
  if (named !== undefined) return named;
  const hasBeginning = (await reader.read(logPath(folder, 0), signal)) !== undefined;
  return hasBeginning ? undefined : await listedCheckpoint(reader, folder, signal);
}

async function namedCheckpoint(
  reader: LakeReader,
  folder: string,
  signal: AbortSignal,
): Promise<Checkpoint | undefined> {
  const content = await reader.read(lastCheckpointPath(folder), signal);
  if (content === undefined) return undefined;
  const last: unknown = jsonOrUndefined(content);
  if (!isRecord(last) || typeof last['version'] !== 'number') return undefined;
  const { version, parts } = last;
  if (typeof parts !== 'number') return { version, paths: [checkpointPath(folder, version)] };
  const name = (part: number): string =>
    `${folder}/_delta_log/${versionName(version)}.checkpoint.${String(part).padStart(10, '0')}.${String(parts).padStart(10, '0')}.parquet`;
  return { version, paths: Array.from({ length: parts }, (_, index) => name(index + 1)) };
}

/** A writer can die while it writes `_last_checkpoint`. A reader must work without that file. */
function jsonOrUndefined(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    return undefined;
  }
}

async function listedCheckpoint(
  reader: LakeReader,
  folder: string,
  signal: AbortSignal,
): Promise<Checkpoint | undefined> {
  const checkpoints = new Map<number, string[]>();
  for await (const page of reader.list(`${folder}/_delta_log`, signal)) {
    for (const { path } of page) {
      const [, version] = /\/(\d{20})\.checkpoint(?:\.\d{10}\.\d{10})?\.parquet$/.exec(path) ?? [];
      if (version !== undefined) checkpoints.set(Number(version), [...(checkpoints.get(Number(version)) ?? []), path]);
    }
  }
  const newest = [...checkpoints].filter(([, paths]) => isWhole(paths)).sort(([one], [other]) => other - one)[0];
  return newest && { version: newest[0], paths: newest[1] };
}

function isWhole(paths: readonly string[]): boolean {
  const [, parts] = /\.\d{10}\.(\d{10})\.parquet$/.exec(paths[0] ?? '') ?? [];
  return parts === undefined || Number(parts) === paths.length;
}

export async function checkpointActions(reader: LakeReader, path: string, signal: AbortSignal): Promise<Action[]> {
  const content = await reader.read(path, signal);
  if (content === undefined) throw new Error(`Cannot read a table: its checkpoint must be there: "${path}" is missing`);
  const whole: LakeReader = { ...reader, read: async () => content };
  const file = await openParquet(whole, path, content.length, signal);
  const actions: Action[] = [];
  for (const group of file.metadata.row_groups.keys()) {
    const rows = await file.readGroup(group, ['txn', 'add', 'remove', 'metaData', 'protocol']);
    for (const row of rows) actions.push(...actionsOf(row));
  }
  return actions;
}
