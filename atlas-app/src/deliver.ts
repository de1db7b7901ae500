import { pause } from './pause.ts';
import { tryOnce } from './try-once.ts';
import type { OutgoingEvent, Verdict } from './types.ts';

/** When a second try begins at the latest. An ordered trigger waits as long: the next event is not looked at before. */
const secondTryMs = 18000;

/** Posts one event; once more after a pause where nobody knows that it arrived. */
export async function deliver(event: OutgoingEvent): Promise<Verdict> {
  const began = Date.now();
  const { verdict, pauseMs } = await tryOnce(event);
  if (verdict.kind !== 'undelivered' || Date.now() - began + pauseMs > secondTryMs) return verdict;
  await pause(pauseMs);
  return (await tryOnce(event)).verdict;
}
