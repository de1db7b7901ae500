// The paths that every store accepts. The limits are those of the strictest store, so that a lake can move to another.
// lake-path.ts makes only such paths. Each adapter checks them again.

/** The limit of Azure. */
export const maxPathLength = 1024;
/** Azure accounts with a hierarchical namespace answer PathIsTooDeep from about 60 levels. */
export const maxPathSegments = 59;

/**
 * Throws if a store could refuse the path or read it as another path. A path can contain a key, so no message shows it.
 */
export function assertLakePath(path: string): void {
  const segments = path.split('/');
  if (path.length > maxPathLength || segments.length > maxPathSegments)
    throw new Error(
      `Cannot use a path in the lake: it must have at most ${maxPathLength} characters and ${maxPathSegments} levels`,
    );
  if (!segments.every(isPathSegment))
    throw new Error(
      'Cannot use a path in the lake: each level must be non-empty and printable, without a dot at its end',
    );
}

/** The empty text stands for the lake itself. */
export function assertLakeFolder(folder: string): void {
  if (folder !== '') assertLakePath(folder);
}

/** Excludes empty names, control characters, backslashes (a slash to Azure) and a dot at the end, and so also `..`. */
export function isPathSegment(segment: string): boolean {
  return /^[^\p{Cc}\\]*[^.\p{Cc}\\]$/u.test(segment) && segment.isWellFormed();
}

/** The path of a folder with a slash at its end. Empty for the lake itself. */
export function withSlash(folder: string): string {
  return folder === '' ? '' : `${folder}/`;
}

export function assertRange({ start, end }: { readonly start: number; readonly end: number }): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end <= start)
    throw new RangeError(
      `Cannot read a range of a file: it must have a start and a later end: found ${start} to ${end}`,
    );
}
