// What may be told of a fault, whatever store it comes from: names and codes, never a message, which can carry a path and a key.

/** For the log. */
export function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown';
  const words = [fault.name, codeOf(fault), 'statusCode' in fault ? fault.statusCode : undefined].filter(isWord);
  return [...new Set(words)].join(' ') || 'unknown';
}

/** The code that Node and the SDKs put on their errors, such as `ENOENT` or `BlobAlreadyExists`. */
export function codeOf(fault: unknown): string | undefined {
  if (!(fault instanceof Error)) return undefined;
  const code = detailedCodeOf(fault) ?? ('code' in fault ? fault.code : undefined);
  return typeof code === 'string' ? code : undefined;
}

/** An SDK that got no body, as with HEAD, keeps the service's code in its details, and a code of its own beside them. */
function detailedCodeOf(fault: Error): unknown {
  const details = 'details' in fault ? fault.details : undefined;
  return typeof details === 'object' && details !== null && 'errorCode' in details ? details.errorCode : undefined;
}

/** A proxy can repeat the request in the place of a code. */
function isWord(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\w{1,64}$/.test(value));
}
