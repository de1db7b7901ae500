// What an error of Azure's storage service means.
import { codeOf } from '../fault.ts';

/** Throttled, overloaded, restarting, or the connection broke: a second try may succeed. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'RestError') return false;
  const status = statusOf(error);
  return status === undefined || (typeof status === 'number' && passing.has(status));
}

/** An ETag or a lease is not the expected one: another writer is at work there. */
export function isConditionNotMet(error: unknown): boolean {
  return statusOf(error) === 412;
}

export function isForbidden(error: unknown): boolean {
  return statusOf(error) === 401 || statusOf(error) === 403;
}

/** The path is missing; a missing container is a fault, not a missing file. */
export function isPathMissing(error: unknown): boolean {
  return ['BlobNotFound', 'PathNotFound'].includes(codeOf(error) ?? '');
}

/** A range that begins at the end of the file or behind it. */
export function isRangeBehindEnd(error: unknown): boolean {
  return statusOf(error) === 416;
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
}
