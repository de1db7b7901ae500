// Whether the lake answers. Anybody may ask, so asking often must cost nothing: one storage call in 30 s at most.
import { deadlineIn, endingWith } from '../async/deadline.ts';
import { describeFault } from '../lake/fault.ts';
import type { LakeWriter } from '../lake/lake.ts';

/** `onFault` hears why the lake does not answer, once for each time it is asked. */
export type HealthCheck = (now: Date, onFault: (fault: string) => void) => Promise<boolean>;

const heldMs = 30_000;
const checkMs = 5_000;

export function healthCheck(lake: Pick<LakeWriter, 'check'>): HealthCheck {
  let asked: { readonly atMs: number; readonly answer: Promise<boolean> } | undefined;
  return (now, onFault) => {
    if (asked === undefined || now.getTime() - asked.atMs >= heldMs)
      asked = { atMs: now.getTime(), answer: answersInTime(lake, onFault) };
    return asked.answer;
  };
}

async function answersInTime(lake: Pick<LakeWriter, 'check'>, onFault: (fault: string) => void): Promise<boolean> {
  using deadline = deadlineIn(checkMs);
  try {
    await endingWith(deadline.signal, lake.check(deadline.signal));
    return true;
  } catch (fault) {
    onFault(describeFault(fault));
    return false;
  }
}
