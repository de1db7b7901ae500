// Reads the name of a file in the lake: how many events it has, and from when.
import type { LakeFile } from '../../lake/lake.ts';

/** The events of one file: their number, the time of the first, and when they were written. */
export interface EventFile {
  readonly events: number;
  readonly bytes: number;
  readonly eventMs: number;
  readonly writtenMs: number;
}

/** The third part is a document id, or the number of events in a batch. */
const namePattern = /-(\d{10,12})-\d{10}(?:-([0-9a-f-]+))?-[0-9a-f]{16}\.(jsonl?)$/;

/** Undefined for a file with a foreign name. */
export function eventFileOf({ path, bytes, modifiedMs }: LakeFile): EventFile | undefined {
  const [, seconds, third = '', type] = namePattern.exec(path) ?? [];
  if (seconds === undefined) return undefined;
  const events = type === 'jsonl' && /^\d+$/.test(third) ? Number(third) : 1;
  return { events, bytes, eventMs: Number(seconds) * 1000, writtenMs: modifiedMs };
}

/**
 * Decodes the name of a folder that lake/path-name.ts encoded. Undefined for `~`, the folder of events without a name.
 */
export function nameOfFolder(folder: string): string | undefined {
  if (folder === '~') return undefined;
  try {
    return decodeURIComponent(folder.replaceAll(/~([0-9A-F]{2})/g, '%$1'));
  } catch {
    // The name was cut, or its bytes are half of a character.
    return folder;
  }
}

/** Excludes `~refused`, and the folders of tools: their names begin with a dot or an underscore. */
export function isNamespaceFolder(folder: string): boolean {
  return folder === '~' || /^(?:[A-Za-z0-9-]|~[0-9A-F]{2})/.test(folder);
}
