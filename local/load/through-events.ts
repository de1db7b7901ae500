// Gives each document to a target as the text of its snapshot event.
import { placeOf } from '../dump/dump-document.ts';
import type { Delivered, EventTarget, LoadedBatch, LoadTarget, OpenBatch, RefusedDocument } from './load-target.ts';
import type { Snapshot } from './snapshot.ts';
import type { SnapshotDocument } from './snapshot-document.ts';
import { snapshotEvents } from './snapshot-event.ts';

export function throughEvents(target: EventTarget, snapshot: Snapshot): LoadTarget {
  const eventOf = snapshotEvents(snapshot);
  return { begin: () => batchOfEvents(target, eventOf) };
}

function batchOfEvents(target: EventTarget, eventOf: (document: SnapshotDocument) => Uint8Array): OpenBatch {
  const places: string[] = [];
  const events: Uint8Array[] = [];
  return {
    add: (document) => {
      places.push(placeOf(document));
      events.push(eventOf(document));
    },
    deliver: async (signal) => loadedBatch(await target.deliver(events, signal), places),
  };
}

function loadedBatch(outcomes: readonly Delivered[], places: readonly string[]): LoadedBatch {
  const refused: RefusedDocument[] = [];
  const counts = { stored: 0, alreadyStored: 0 };
  for (const [index, delivered] of outcomes.entries()) {
    if (delivered.outcome === 'refused') refused.push({ place: places[index] ?? '', reason: delivered.reason });
    else counts[delivered.outcome]++;
  }
  return { ...counts, refused };
}
