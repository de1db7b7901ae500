// The limits of DuckDB's buffers, and the faults that they cause.

export const usualMemory = '80MB';
export const mostMemory = '8GB';

/**
 * DuckDB reads some thousand values of a table's column at once, and cannot write those to disk. An appender reports
 * the same fault without its type.
 */
export function isOutOfMemory(error: unknown): boolean {
  return hasMessage(error, 'Out of Memory Error') || hasMessage(error, 'could not allocate block');
}

/** DuckDB writes the rest to temporary files. */
export function isOutOfDisk(error: unknown): boolean {
  return hasMessage(error, 'No space left on device');
}

function hasMessage(error: unknown, text: string): boolean {
  return error instanceof Error && (error.message.includes(text) || hasMessage(error.cause, text));
}
