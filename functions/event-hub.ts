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
  // Bytes: a JSON parser on the way would round numbers. The library passes it on, though its types do not know it.
  dataType: 'binary',
} as const;

/** Without an end, so that the checkpoint never passes an event that is not durable: docs/decisions/022. */
const retry = {
  strategy: 'exponentialBackoff',
  maxRetryCount: -1,
  minimumInterval: { seconds: 1 },
  maximumInterval: { minutes: 1 },
} as const;

// Only where a hub is named: the trigger needs an extension bundle, without which the host would start no function at all.
if (hub !== '') app.eventHub('eventHub', { ...trigger, retry, handler: takeHubMessages });

/** Far below the host's own limit, which would end the process in the middle of its work. */
const invocationMs = 240_000;

const opening = sharedReceiver(process.env);

export async function takeHubMessages(messages: unknown, context: InvocationContext): Promise<void> {
  const startedMs = Date.now();
  const opened = await opening;
  if (opened.kind === 'misconfigured') {
    opened.logProblems((line) => context.error(line), new Date());
    throw new Error('Cannot take messages: the settings must be valid: the log names what is wrong');
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
    throw new Error('Cannot let go of the messages: each must be durable: the log line says which are not');
}
