// A built app and its event hub, in one process. Each invocation gets its messages in the form of Azure's host. The
// events are made within the measured time. So the hub's arm pays what the sender of the HTTP arms pays. Run with:
// hub-app.ts <folder of the app>
import { loadFunctionsApp } from '../../local/host/functions-app.ts';
import { registeredModels } from '../../local/host/functions-core.ts';
import { nextEvent } from './events.ts';
import { latenciesOf } from './load.ts';
import { beMeasured } from './measured.ts';

const [, , folder = '', messagesPerInvocation = ''] = process.argv;
const app = await loadFunctionsApp(folder);
const model = registeredModels[0];
const hub = app.functions.find(({ trigger }) => trigger.type === 'eventHubTrigger');
let sequenceNumber = 0;

beMeasured({}, async ({ concurrency, forMs }) => ({
  latencies: await latenciesOf({ concurrency: Number(concurrency), forMs: Number(forMs) }, invoke),
}));
// The app logs a line for each invocation. Nobody reads it here.
console.log = () => undefined;

async function invoke(): Promise<void> {
  if (model === undefined || hub === undefined) throw new Error('Cannot measure: the app must read an event hub');
  const bodies = Array.from({ length: Number(messagesPerInvocation) }, () => Buffer.from(nextEvent()));
  const enqueued = new Date().toISOString();
  const invocation = model.getInvocationModel({
    invocationId: String(sequenceNumber),
    metadata: hub.metadata,
    log: () => undefined,
    request: {
      inputData: [{ name: Object.keys(hub.metadata.bindings)[0], data: { collectionBytes: { bytes: bodies } } }],
      triggerMetadata: {
        SequenceNumberArray: { collectionSint64: { sint64: bodies.map(() => sequenceNumber++) } },
        EnqueuedTimeUtcArray: { json: JSON.stringify(bodies.map(() => enqueued)) },
        PartitionContext: { json: '{"PartitionId":"0","EventHubName":"hub"}' },
      },
    },
  });
  const { context, inputs } = await invocation.getArguments();
  await invocation.invokeFunction(context, inputs, hub.invoke);
}
