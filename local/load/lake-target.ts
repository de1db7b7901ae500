// Puts events into the lake itself, on the way that the receiver takes from "read" on.
import { setTimeout as pause } from 'node:timers/promises';
import type { Settings } from '../../shared/app/settings.ts';
import { storeBatches } from '../../shared/events/store-batches.ts';
import { bytesInFlight } from '../../shared/http/bytes-in-flight.ts';
import type { EventOutcome } from '../../shared/http/receipt.ts';
import type { Span } from '../../shared/json/json-text.ts';
import type { LakeWriter } from '../../shared/lake/lake.ts';
import { readRedactedEvent } from '../../shared/redact/redact.ts';
import { arrayOf, type Delivered, LoadStopped, type LoadTarget } from './load-target.ts';

const pausesMs = [1_000, 5_000, 20_000];

export function lakeTarget(settings: Settings, lake: LakeWriter, pauses: readonly number[] = pausesMs): LoadTarget {
  const receiver = { settings, lake, inFlight: bytesInFlight(settings.maxBytesInFlight) };
  return {
    deliver: async (events, signal) => {
      const text = arrayOf(events);
      const read = (span: Span) => readRedactedEvent(text, span, settings.redactions);
      for (let tries = 0; ; tries++) {
        const outcomes = await storeBatches(read, spansOf(events), receiver, signal);
        const fault = outcomes.find((one) => one.outcome === 'failed')?.fault;
        if (fault === undefined) return outcomes.map(deliveredOf);
        const pauseMs = pauses[tries];
        if (pauseMs === undefined) throw new LoadStopped(`the lake must take files: ${fault}`);
        await pause(pauseMs, undefined, { signal });
      }
    },
  };
}

/** Where each event stands in the array: behind the bracket, and then behind a comma. */
function spansOf(events: readonly Uint8Array[]): Span[] {
  let end = 0;
  return events.map(({ length }) => {
    const start = end + 1;
    end = start + length;
    return { start, end };
  });
}

function deliveredOf(outcome: EventOutcome): Delivered {
  switch (outcome.outcome) {
    case 'stored':
    case 'alreadyStored':
      return { outcome: outcome.outcome };
    case 'refused':
      return { outcome: 'refused', reason: outcome.reason };
    case 'failed':
      throw new LoadStopped(`the lake must take files: ${outcome.fault}`);
  }
}
