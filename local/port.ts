// Reads PORT, for all commands.
import { type Environment, is } from '../shared/app/setting-reader.ts';

export const defaultPort = 7071;

/** Returns the number, or the problem as text. */
export function readPort(environment: Environment): number | string {
  const text = environment['PORT']?.trim() || String(defaultPort);
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  return `PORT must be a number from 0 to 65535: ${is(text)}`;
}
