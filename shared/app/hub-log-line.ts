// One log line for each invocation: the fields of a request's line, and the origin of the messages. Only this line has
// the field `partition`.
import type { Invocation } from '../event-hub/invocation.ts';
import { bytesIn, type HubReceipt } from '../event-hub/take-messages.ts';
import { jsonLine } from '../json/json-line.ts';
import { outcomeFields, reasonFields } from './event-fields.ts';

export interface InvocationTimes {
  readonly startedMs: number;
  readonly endedMs: number;
  /** The longest write. Null if nothing was written. */
  readonly storageMs: number | null;
}

export function toHubLogLine(invocation: Invocation, receipt: HubReceipt, times: InvocationTimes): string {
  const { hub, partition, messages } = invocation;
  const { events, skipped, left } = receipt;
  return jsonLine({
    message: 'change events',
    hub,
    partition,
    messages: messages.length,
    skipped,
    left,
    ...outcomeFields(events),
    lagMs: lagMs(invocation, times.endedMs),
    durationMs: Math.round(times.endedMs - times.startedMs),
    storageMs: times.storageMs,
    bytes: bytesIn(messages),
    ...reasonFields(events),
  });
}

/** The age of the oldest message in the hub, stored or not. So a partition without progress shows a growing lag. */
function lagMs({ messages }: Invocation, endedMs: number): number | null {
  const enqueued = messages.flatMap(({ enqueuedMs }) => enqueuedMs ?? []);
  return enqueued.length === 0 ? null : Math.max(0, Math.round(endedMs - enqueued.reduce((a, b) => Math.min(a, b))));
}
