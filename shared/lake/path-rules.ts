// Which paths a lake takes, whatever store it is in: the limits of the strictest store, so that a lake can move to another.
// Paths are made so that they keep these rules; each adapter checks them again.

/** Azure's limit. */
export const maxPathLength = 1024;
/** Azure accounts with a hierarchical namespace answer PathIsTooDeep from about 60 levels. */
export const maxPathSegments = 59;

/** Throws on a path that a store refuses, or takes for another path. The path can carry a key, so the message does not name it. */
export function assertLakePath(path: string): void {
  const segments = path.split('/');
  if (path.length > maxPathLength || segments.length > maxPathSegments)
    throw new Error(
      `Cannot use a path in the lake: it must have at most ${maxPathLength} characters and ${maxPathSegments} levels`,
    );
  if (!segments.every(isPathSegment))
    throw new Error('Cannot use a path in the lake: each level must be non-empty, printable, and end in no dot');
}

/** The empty text is the lake itself. */
export function assertLakeFolder(folder: string): void {
  if (folder !== '') assertLakePath(folder);
}

/** No empty name, no control character, no backslash (Azure takes it for a slash), no dot at the end (`..` among them). */
export function isPathSegment(segment: string): boolean {
  return /^[^\p{Cc}\\]*[^.\p{Cc}\\]$/u.test(segment) && segment.isWellFormed();
}

/** A folder's path with its slash; nothing for the lake itself. */
export function withSlash(folder: string): string {
  return folder === '' ? '' : `${folder}/`;
}

export function assertRange({ start, end }: { readonly start: number; readonly end: number }): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end <= start)
    throw new RangeError(
      `Cannot read a range of a file: it must have a start and a later end: it is ${start} to ${end}`,
    );
}
