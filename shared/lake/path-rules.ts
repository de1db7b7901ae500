// What the service accepts as a path. Paths are made so that they keep these rules: here is the second lock, for both adapters.

export const maxPathLength = 1024;
/** Accounts with a hierarchical namespace answer PathIsTooDeep from about 60 levels. */
export const maxPathSegments = 59;

/** Throws on what Azure refuses, or would take for another path. The path itself may carry a key, and stays out of the message. */
export function assertLakePath(path: string): void {
  const segments = path.split('/');
  if (path.length > maxPathLength || segments.length > maxPathSegments)
    throw new Error(
      `Cannot use a path in the lake: it must have at most ${maxPathLength} characters and ${maxPathSegments} levels`,
    );
  if (!segments.every(isPathSegment))
    throw new Error('Cannot use a path in the lake: each level must be non-empty, printable, and end in no dot');
}

/** No empty name, no control character, no backslash (the service takes it for a slash), no dot at the end (`..` among them). */
export function isPathSegment(segment: string): boolean {
  return /^[^\p{Cc}\\]*[^.\p{Cc}\\]$/u.test(segment) && segment.isWellFormed();
}
