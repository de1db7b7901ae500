// Simulates Azure's host with an event hub. It passes the messages of a partition in order, in invocations, and keeps a
// checkpoint. The checkpoint advances after a success, and after the last declared retry. It does not advance after a
// crash, or after another instance took over the partition (PartitionProcessor.cs of azure-sdk-for-net).
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../local/paths.ts';
import { isRecord } from '../../shared/json/record.ts';

export interface HubBody {
  readonly body: Uint8Array;
  readonly sequenceNumber: number;
  readonly enqueuedTime: string;
}

export interface HubInvocation {
  readonly id: number;
  readonly messages: readonly HubBody[];
  readonly partition: string;
  readonly context: Readonly<Record<string, string>>;
}

export interface Partition {
  readonly id: string;
  readonly messages: readonly HubBody[];
  /** The number of messages before the checkpoint. */
  checkpoint: number;
}

export type Ended = 'done' | 'failed' | 'crashed';

export interface HubInstance {
  readonly functions: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  readonly invoke: (partition: Partition, most: number) => Promise<Ended>;
  readonly crash: () => void;
  /** The status page of this instance. */
  readonly status: () => Promise<string>;
}

export function partitionOf(id: string, bodies: readonly (string | Uint8Array)[]): Partition {
  const messages = bodies.map((body, index) => ({
    body: typeof body === 'string' ? Buffer.from(body) : body,
    sequenceNumber: 100 + index,
    // In the form of .NET for a UTC time of the kind "unspecified".
    enqueuedTime: new Date(Date.now() - 60_000).toISOString().replace('Z', ''),
  }));
  return { id, messages, checkpoint: 0 };
}

const worker = join(root, 'test', 'support', 'hub-worker.ts');

/** One instance of the deployed app. */
export async function startHubInstance(
  t: { readonly after: (stop: () => void) => void },
  environment: Record<string, string>,
  app = root,
): Promise<HubInstance> {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  const child = fork(worker, [app], {
    env: { PATH, NODE_COMPILE_CACHE, ...environment },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const errors: string[] = [];
  const ended = new EventEmitter();
  ended.setMaxListeners(0);
  let last = 0;
  child.on('message', (message: unknown) => {
    if (!isRecord(message)) return;
    if (message['kind'] === 'log') lines.push(String(message['line']));
    if (message['kind'] === 'failed') errors.push(String(message['error']));
    if (message['kind'] === 'ready') ended.emit('ready', message);
    else if (message['kind'] === 'page') ended.emit('page', message['page']);
    else if (message['kind'] !== 'log') ended.emit(`ended-${message['id']}`, message['kind']);
  });
  child.on('exit', () => {
    for (let id = 1; id <= last; id++) ended.emit(`ended-${id}`, 'crashed');
  });
  const early = once(child, 'exit').then(([code]) => assert.fail(`Cannot start the instance: exit ${code}`));
  const [ready] = await Promise.race([once(ended, 'ready'), early]);

  return {
    functions: isRecord(ready) && Array.isArray(ready['functions']) ? ready['functions'].map(String) : [],
    metadata: isRecord(ready) && isRecord(ready['metadata']) ? ready['metadata'] : {},
    lines,
    errors,
    crash: () => void child.kill('SIGKILL'),
    status: async () => {
      const shown = once(ended, 'page');
      child.send('status');
      const [page] = await shown;
      return String(page);
    },
    invoke: async (partition, most) => {
      if (!child.connected) return 'crashed';
      const id = ++last;
      const messages = partition.messages.slice(partition.checkpoint, partition.checkpoint + most);
      const context = { FullyQualifiedNamespace: 'ns.example', EventHubName: 'hub', ConsumerGroup: '$Default' };
      const answer = once(ended, `ended-${id}`);
      child.send({ id, messages, partition: partition.id, context });
      const [kind] = await answer;
      return kind === 'done' || kind === 'failed' ? kind : 'crashed';
    },
  };
}

export interface Owner {
  readonly most: number;
  /** True after another instance took over the partition. Invocations that end later move no checkpoint. */
  readonly hasLost?: () => boolean;
  /** Called before each invocation. */
  readonly beforeEach?: (invocation: number) => void;
}

const invocationsAtMost = 30;

/** Gives the instance the rest of the partition. It ends early after a crash, and if the partition is lost. */
export async function own(
  partition: Partition,
  instance: Pick<HubInstance, 'invoke' | 'metadata' | 'lines'>,
  owner: Owner,
): Promise<Ended> {
  const { most, hasLost = () => false, beforeEach = () => undefined } = owner;
  const retries = declaredRetries(instance.metadata);
  let failures = 0;
  for (let invocation = 1; partition.checkpoint < partition.messages.length; invocation++) {
    assert(invocation <= invocationsAtMost, `a partition must not stand still for ever: ${instance.lines.at(-1)}`);
    beforeEach(invocation);
    const ended = await instance.invoke(partition, most);
    if (ended === 'crashed' || hasLost()) return 'crashed';
    failures = ended === 'failed' ? failures + 1 : 0;
    if (ended === 'failed' && failures <= retries) continue;
    partition.checkpoint = Math.min(partition.checkpoint + most, partition.messages.length);
    failures = 0;
  }
  return 'done';
}

/** The host uses none for a function without a declaration. */
function declaredRetries({ retryOptions }: Readonly<Record<string, unknown>>): number {
  const count = isRecord(retryOptions) ? retryOptions['maxRetryCount'] : 0;
  return count === -1 ? Number.POSITIVE_INFINITY : Number(count ?? 0);
}
