// Whether the lake answers. Anybody may ask, so asking often must cost nothing: one storage call in 30 s at most.
import { within } from '../async/deadline.ts';
import type { EventOutcome } from '../events/event-outcome.ts';
import { describeFault } from '../lake/fault.ts';
import type { LakeWriter } from '../lake/lake.ts';

export interface HealthCheck {
  /** `onFault` hears why the lake does not answer, once for each time it is asked. */
  readonly isWell: (now: Date, onFault: (fault: string) => void) => Promise<boolean>;
  /** Drops a kept answer that these writes contradict: a failed one where it was well, a good one where it was not. */
  readonly noteWrites: (events: readonly Pick<EventOutcome, 'outcome'>[]) => void;
}

const heldMs = 30_000;
const checkMs = 5_000;

export function healthCheck(lake: Pick<LakeWriter, 'check'>): HealthCheck {
  let asked: { readonly atMs: number; readonly answer: Promise<boolean>; known?: boolean } | undefined;
  return {
    isWell: (now, onFault) => {
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
      // While the lake is being asked its answer is newer than these writes.
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
