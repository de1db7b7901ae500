// Puts events into the lake, with the receiver's own steps from "read" on.
import type { ReadEvent } from '../../shared/events/change-event.ts';
import type { EventOutcome } from '../../shared/events/event-outcome.ts';
import { refusalText } from '../../shared/events/refusal.ts';
import { type EventReader, storeEvents } from '../../shared/events/store-events.ts';
import type { ReceiverSettings } from '../../shared/http/receive.ts';
import type { LakeWriter } from '../../shared/lake/lake.ts';
import { readRedactedEvent } from '../../shared/redact/redact.ts';
import { type Attempt, lakePausesMs, untilTaken } from './lake-tries.ts';
import { type Delivered, type EventTarget, LoadStopped } from './load-target.ts';

export function lakeTarget(settings: ReceiverSettings, lake: LakeWriter, pausesMs = lakePausesMs): EventTarget {
  return {
    deliver: async (events, signal) => {
      const readers = events.map((text) => readOnce(text, settings));
      return await untilTaken(() => stored(readers, settings, lake, signal), pausesMs, signal);
    },
  };
}

async function stored(
  readers: readonly EventReader[],
  settings: ReceiverSettings,
  lake: LakeWriter,
  signal: AbortSignal,
): Promise<Attempt<readonly Delivered[]>> {
  const outcomes = await storeEvents(readers, settings, lake, signal);
  const fault = outcomes.find((one) => one.outcome === 'failed')?.fault;
  return fault === undefined ? { kind: 'taken', result: outcomes.map(deliveredOf) } : { kind: 'failed', fault };
}

/** Storing reads an event twice, to hold few of them. A load holds their texts anyway, so it reads each once. */
function readOnce(text: Uint8Array, { redactions }: ReceiverSettings): EventReader {
  let read: ReadEvent | undefined;
  return () => {
    read ??= readRedactedEvent(text, { start: 0, end: text.length }, redactions);
    return read;
  };
}

function deliveredOf(outcome: EventOutcome): Delivered {
  switch (outcome.outcome) {
    case 'stored':
    case 'alreadyStored':
      return { outcome: outcome.outcome };
    case 'refused':
      return { outcome: 'refused', reason: refusalText(outcome.refusal) };
    case 'failed':
      throw new LoadStopped(`the lake must take files: ${outcome.fault}`);
  }
}
