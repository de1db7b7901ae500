// What an error of the storage service means.
import { isRecord } from '../../json/record.ts';

/** Throttled, overloaded, restarting, or the connection broke: a second try may find it well. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

export function mayPass(error: unknown): boolean {
  if (!isRecord(error) || error['name'] !== 'RestError') return false;
  const status = error['statusCode'];
  return status === undefined || (typeof status === 'number' && passing.has(status));
}

/** An ETag or a lease is not the one that was asked for: somebody else writes there. */
export function isConditionNotMet(error: unknown): boolean {
  return isRecord(error) && error['statusCode'] === 412;
}

/** The service's own word, such as `BlobAlreadyExists`: a status alone means several things. */
export function errorCodeOf(error: unknown): string | undefined {
  if (!isRecord(error)) return undefined;
  const details = error['details'];
  const code = (isRecord(details) ? details['errorCode'] : undefined) ?? error['code'];
  return typeof code === 'string' ? code : undefined;
}

/** For the log: names and codes only. An error's message can carry the path, and with it a document's key. */
export function describeFault(error: unknown): string {
  if (!isRecord(error)) return 'unknown';
  const words = [error['name'], errorCodeOf(error), error['statusCode']].filter(isWord);
  return [...new Set(words)].join(' ') || 'unknown';
}

/** A proxy can repeat the request in the place of a code. */
function isWord(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\w{1,64}$/.test(value));
}
