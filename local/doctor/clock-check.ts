// This machine's clock against the one of a server, by the Date header of its answer. Signatures are good for 300 s around the
// receiver's clock: a minute is far from that, and far more than a network takes.
import { type Check, failed, leftOut, ok } from './check.ts';

export interface ServerTime {
  /** As the Date header says it. */
  readonly date: string | null | undefined;
  readonly sentMs: number;
  readonly answeredMs: number;
}

const limitSeconds = 60;

export function checkClock(name: string, server: string, { date, sentMs, answeredMs }: ServerTime): Check {
  const serverMs = Date.parse(date ?? '');
  if (Number.isNaN(serverMs)) return leftOut(name, `${server} does not tell its time`);
  // The header is cut to whole seconds.
  const early = sentMs - (serverMs + 1000);
  const late = serverMs - answeredMs;
  const seconds = Math.round(Math.max(0, early, late) / 1000);
  if (seconds <= limitSeconds) return ok(name, `within ${Math.max(seconds, 1)} s of ${server}`);
  const found = `this machine is ${seconds} s ${early > late ? 'ahead of' : 'behind'} ${server}`;
  return failed(
    name,
    `clocks must differ by ${limitSeconds} s at most, as signatures are good for 300: ${found}`,
    'sudo timedatectl set-ntp true   (Windows: w32tm /resync)',
  );
}
