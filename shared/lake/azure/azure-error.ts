// Reads the errors of Azure's storage service.
import { codeOf } from '../fault.ts';

/** The service is throttled, overloaded or restarting. A retry can succeed. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'RestError') return false;
  const status = statusOf(error);
  return status === undefined || (typeof status === 'number' && passing.has(status));
}

/** The ETag or the lease has changed: another writer is working on this file. */
export function isConditionNotMet(error: unknown): boolean {
  return statusOf(error) === 412;
}

export function isForbidden(error: unknown): boolean {
  return statusOf(error) === 401 || statusOf(error) === 403;
}

/** The file is missing. A missing container is a fault, not a missing file. */
export function isPathMissing(error: unknown): boolean {
  return ['BlobNotFound', 'PathNotFound'].includes(codeOf(error) ?? '');
}

/** The range begins at or after the end of the file. */
export function isRangeBehindEnd(error: unknown): boolean {
  return statusOf(error) === 416;
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
}
