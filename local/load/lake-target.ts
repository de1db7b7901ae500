// Puts events into the lake itself, on the way that the receiver takes from "read" on.
import { setTimeout as pause } from 'node:timers/promises';
import type { ReadEvent } from '../../shared/events/change-event.ts';
import type { EventOutcome } from '../../shared/events/event-outcome.ts';
import { refusalText } from '../../shared/events/refusal.ts';
import { type EventReader, storeEvents } from '../../shared/events/store-events.ts';
import type { ReceiverSettings } from '../../shared/http/receive.ts';
import type { LakeWriter } from '../../shared/lake/lake.ts';
import { readRedactedEvent } from '../../shared/redact/redact.ts';
import { type Delivered, LoadStopped, type LoadTarget } from './load-target.ts';

const pausesMs = [1_000, 5_000, 20_000];

export function lakeTarget(
  settings: ReceiverSettings,
  lake: LakeWriter,
  pauses: readonly number[] = pausesMs,
): LoadTarget {
  return {
    deliver: async (events, signal) => {
      const readers = events.map((text) => readOnce(text, settings));
      for (let tries = 0; ; tries++) {
        const outcomes = await storeEvents(readers, settings, lake, signal);
        const fault = outcomes.find((one) => one.outcome === 'failed')?.fault;
        if (fault === undefined) return outcomes.map(deliveredOf);
        const pauseMs = pauses[tries];
        if (pauseMs === undefined) throw new LoadStopped(`the lake must take files: ${fault}`);
        await pause(pauseMs, undefined, { signal });
      }
    },
  };
}

/** Storing reads an event twice, to hold few of them. A load holds their texts anyway, and would take half as long again. */
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
