import { app, type InvocationContext } from '@azure/functions';
import { toHubLogLine } from '../shared/app/hub-log-line.ts';
import { sharedReceiver } from '../shared/app/open-receiver.ts';
import { deadlineIn } from '../shared/async/deadline.ts';
import { readInvocation } from '../shared/event-hub/invocation.ts';
import { isDone, takeMessages } from '../shared/event-hub/take-messages.ts';
import { timedWriter } from '../shared/lake/timed-writer.ts';

const hub = process.env['EVENT_HUB_NAME']?.trim() ?? '';
const consumerGroup = process.env['EVENT_HUB_CONSUMER_GROUP']?.trim() || '$Default';

const trigger = {
  connection: 'EVENT_HUB_CONNECTION',
  eventHubName: hub,
  consumerGroup,
  cardinality: 'many',
  // A JSON parser of the host would round numbers. The types of the library lack this option; the library passes it on.
  dataType: 'binary',
} as const;

/** Retries never end. So the checkpoint never passes an event that is not durable: docs/decisions/022. */
const retry = {
  strategy: 'exponentialBackoff',
  maxRetryCount: -1,
  minimumInterval: { seconds: 1 },
  maximumInterval: { minutes: 1 },
} as const;

// Registered only if a hub is named. The trigger needs an extension bundle. Without the bundle no function would start.
if (hub !== '') app.eventHub('eventHub', { ...trigger, retry, handler: takeHubMessages });

/** Far below the host's own limit. At that limit the host ends the process in the middle of its work. */
const invocationMs = 240_000;

const opening = sharedReceiver(process.env);

async function takeHubMessages(messages: unknown, context: InvocationContext): Promise<void> {
  const startedMs = Date.now();
  const opened = await opening;
  if (opened.kind === 'misconfigured') {
    opened.logProblems((line) => context.error(line), new Date());
    throw new Error('Cannot take messages: the settings must be valid: the log names each problem');
  }
  const invocation = readInvocation(messages, context.triggerMetadata, hub);
  using deadline = deadlineIn(invocationMs);
  const { writer, longestMs } = timedWriter(opened.hub.lake);
  const receipt = await takeMessages(invocation, { ...opened.hub, lake: writer }, deadline.signal);
  const endedMs = Date.now();
  context.log(toHubLogLine(invocation, receipt, { startedMs, endedMs, storageMs: longestMs() }));
  opened.deliveries.noteEvents(receipt.events, endedMs);
  opened.health.noteWrites(receipt.events);
  if (!isDone(receipt))
    throw new Error('Cannot finish the messages: each must be durable: the log line names the failures');
}
