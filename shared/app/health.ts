// Checks whether the lake answers. Anyone can ask, so frequent questions must be cheap: at most one storage call in 30
// s.
import { within } from '../async/deadline.ts';
import type { EventOutcome } from '../events/event-outcome.ts';
import { describeFault } from '../lake/fault.ts';
import type { LakeWriter } from '../lake/lake.ts';

export interface HealthCheck {
  /** `onFault` gets the reason once for each storage call that fails. */
  readonly isHealthy: (now: Date, onFault: (fault: string) => void) => Promise<boolean>;
  /** Drops the kept answer if these writes contradict it: a failed write, or a good write after a failed check. */
  readonly noteWrites: (events: readonly Pick<EventOutcome, 'outcome'>[]) => void;
}

const heldMs = 30_000;
const checkMs = 5_000;

export function healthCheck(lake: Pick<LakeWriter, 'check'>): HealthCheck {
  let asked: { readonly atMs: number; readonly answer: Promise<boolean>; known?: boolean } | undefined;
  return {
    isHealthy: (now, onFault) => {
      if (asked === undefined || now.getTime() - asked.atMs >= heldMs) {
        const asking: NonNullable<typeof asked> = { atMs: now.getTime(), answer: answersInTime(lake, onFault) };
        void asking.answer.then((known) => {
          asking.known = known;
        });
        asked = asking;
      }
      return asked.answer;
    },
    noteWrites: (events) => {
      // A check that is still running is newer than these writes.
      if (asked?.known === undefined) return;
      const contradiction = asked.known ? 'failed' : 'stored';
      if (events.some(({ outcome }) => outcome === contradiction)) asked = undefined;
    },
  };
}

async function answersInTime(lake: Pick<LakeWriter, 'check'>, onFault: (fault: string) => void): Promise<boolean> {
  try {
    await within(checkMs, lake.check);
    return true;
  } catch (fault) {
    onFault(describeFault(fault));
    return false;
  }
}
