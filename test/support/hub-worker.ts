// A process that runs a built app for its event hub, as Azure's Node worker does. It uses the app's own copy of
// @azure/functions, and gets the same data for an invocation as from Azure's host. It gets its orders over its channel.
// Run with: hub-worker.ts <folder of the app>
import { randomUUID } from 'node:crypto';
import { loadFunctionsApp } from '../../local/host/functions-app.ts';
import { registeredModels } from '../../local/host/functions-core.ts';
import { invocationOf } from '../../local/host/invocation.ts';
import type { HubInvocation } from './hub-host.ts';

const app = await loadFunctionsApp(process.argv[2] ?? '');
const model = registeredModels[0];
const found = app.functions.find(({ trigger }) => trigger.type === 'eventHubTrigger');

process.on('message', (invocation: HubInvocation | 'status') => {
  if (invocation === 'status') {
    void statusPage().then((page) => process.send?.({ kind: 'page', page }));
    return;
  }
  invoke(invocation).then(
    () => process.send?.({ kind: 'done', id: invocation.id }),
    (error: unknown) => process.send?.({ kind: 'failed', id: invocation.id, error: String(error) }),
  );
});
process.send?.({
  kind: 'ready',
  functions: app.functions.map(({ name }) => name),
  metadata: found === undefined ? undefined : JSON.parse(JSON.stringify(found.metadata)),
});

async function statusPage(): Promise<string> {
  const status = app.functions.find(({ name }) => name === 'status');
  const answer = await status?.invoke(new Request('http://localhost/api/status'), invocationOf('status'));
  return String(answer?.body);
}

async function invoke({ messages, partition, context }: HubInvocation): Promise<void> {
  if (model === undefined || found === undefined) throw new Error('Cannot invoke: the app must read an event hub');
  const [triggerName = ''] = Object.keys(found.metadata.bindings);
  const invocation = model.getInvocationModel({
    invocationId: randomUUID(),
    metadata: found.metadata,
    log: (_level: string, _category: string, line: string) => void process.send?.({ kind: 'log', line }),
    request: {
      inputData: [{ name: triggerName, data: { collectionBytes: { bytes: messages.map(({ body }) => body) } } }],
      triggerMetadata: {
        SequenceNumberArray: { collectionSint64: { sint64: messages.map(({ sequenceNumber }) => sequenceNumber) } },
        OffsetArray: { collectionString: { string: messages.map(({ sequenceNumber }) => `${sequenceNumber * 512}`) } },
        PartitionKeyArray: { collectionString: { string: messages.map(() => '{"_id":1}') } },
        EnqueuedTimeUtcArray: { json: JSON.stringify(messages.map(({ enqueuedTime }) => enqueuedTime)) },
        PartitionContext: { json: JSON.stringify({ ...context, PartitionId: partition }) },
      },
    },
  });
  const { context: invocationContext, inputs } = await invocation.getArguments();
  await invocation.invokeFunction(invocationContext, inputs, found.invoke);
}
