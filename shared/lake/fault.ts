// Describes a fault of any store by names and codes. Messages are left out: they can contain a path and a key.

export function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown';
  const words = [fault.name, codeOf(fault), 'statusCode' in fault ? fault.statusCode : undefined].filter(isWord);
  return [...new Set(words)].join(' ') || 'unknown';
}

/**
 * Whether the message of an error can be shown. Our own messages contain only tables and settings. A message of a
 * store, of Node or of a library can contain a path, and so a document's key.
 */
export function isOurs(fault: unknown): fault is Error {
  if (!(fault instanceof Error) || fault.name !== 'Error' || codeOf(fault) !== undefined) return false;
  return fault.message.startsWith('Cannot ');
}

/** The code of an error of Node or of an SDK, such as `ENOENT` or `BlobAlreadyExists`. */
export function codeOf(fault: unknown): string | undefined {
  if (!(fault instanceof Error)) return undefined;
  const code = detailedCodeOf(fault) ?? ('code' in fault ? fault.code : undefined);
  return typeof code === 'string' ? code : undefined;
}

/** After a HEAD request, `code` has a code of the SDK. The code of the service is in `details`. */
function detailedCodeOf(fault: Error): unknown {
  const details = 'details' in fault ? fault.details : undefined;
  return typeof details === 'object' && details !== null && 'errorCode' in details ? details.errorCode : undefined;
}

/** Excludes longer text: a proxy can return parts of the request as a code. */
function isWord(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\w{1,64}$/.test(value));
}
