// Whether the lake answers. Anybody may ask, so asking often must cost nothing: one storage call in 30 s at most.
import { deadlineIn } from './deadline.ts';
import type { Lake } from './lake.ts';

export type HealthCheck = (now: Date) => Promise<boolean>;

const heldMs = 30_000;
const checkMs = 5_000;

export function healthCheck(lake: Pick<Lake, 'check'>): HealthCheck {
  let asked: { readonly atMs: number; readonly answer: Promise<boolean> } | undefined;
  return (now) => {
    if (asked === undefined || now.getTime() - asked.atMs >= heldMs)
      asked = { atMs: now.getTime(), answer: answersInTime(lake) };
    return asked.answer;
  };
}

async function answersInTime(lake: Pick<Lake, 'check'>): Promise<boolean> {
  using deadline = deadlineIn(checkMs);
  try {
    await lake.check(deadline.signal);
    return true;
  } catch {
    // Not well, for whatever reason. Why is told by the log of the deliveries that fail.
    return false;
  }
}
