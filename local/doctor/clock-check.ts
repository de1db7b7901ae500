// Compares this machine's clock with a server's, by the Date header of an answer. Signatures are valid for 300 s around
// the receiver's clock. The limit of a minute is far from that, and far more than a network needs.
import { type Check, failed, leftOut, ok } from './check.ts';

export interface ServerTime {
  /** The Date header. */
  readonly date: string | null | undefined;
  readonly sentMs: number;
  readonly answeredMs: number;
}

const limitSeconds = 60;

export function checkClock(name: string, server: string, { date, sentMs, answeredMs }: ServerTime): Check {
  const serverMs = Date.parse(date ?? '');
  if (Number.isNaN(serverMs)) return leftOut(name, `${server} does not send its time`);
  // The header has whole seconds only.
  const early = sentMs - (serverMs + 1000);
  const late = serverMs - answeredMs;
  const seconds = Math.round(Math.max(0, early, late) / 1000);
  if (seconds <= limitSeconds) return ok(name, `within ${Math.max(seconds, 1)} s of ${server}`);
  const found = `this machine is ${seconds} s ${early > late ? 'ahead of' : 'behind'} ${server}`;
  return failed(
    name,
    `clocks must differ by at most ${limitSeconds} s, because signatures are valid for 300 s: ${found}`,
    'sudo timedatectl set-ntp true   (Windows: w32tm /resync)',
  );
}
