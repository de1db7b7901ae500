// What the name of a file in the lake tells of the events in it.
import type { LakeFile } from '../../lake/lake.ts';

/** The events of one file: their number, the time of the first, and when they were written. */
export interface EventFile {
  readonly events: number;
  readonly bytes: number;
  readonly eventMs: number;
  readonly writtenMs: number;
}

/** In the third place: the key of a document, or the number of events in a batch. */
const namePattern = /-(\d{10,12})-\d{10}(?:-([0-9a-f-]+))?-[0-9a-f]{16}\.(jsonl?)$/;

/** Undefined for a file that is not named as ours are. */
export function eventFileOf({ path, bytes, modifiedMs }: LakeFile): EventFile | undefined {
  const [, seconds, third = '', type] = namePattern.exec(path) ?? [];
  if (seconds === undefined) return undefined;
  const events = type === 'jsonl' && /^\d+$/.test(third) ? Number(third) : 1;
  return { events, bytes, eventMs: Number(seconds) * 1000, writtenMs: modifiedMs };
}

/** The name that a folder was made of: lake/path-name.ts. Null where an event has none. */
export function nameOfFolder(folder: string): string | undefined {
  if (folder === '~') return undefined;
  try {
    return decodeURIComponent(folder.replaceAll(/~([0-9A-F]{2})/g, '%$1'));
  } catch {
    // It was cut, or is half of a character: no text has its bytes.
    return folder;
  }
}

/** `~refused` holds messages that can never be stored; a name that begins with a dot or an underscore is a tool's own. */
export function isNamespaceFolder(folder: string): boolean {
  return folder === '~' || /^(?:[A-Za-z0-9-]|~[0-9A-F]{2})/.test(folder);
}
