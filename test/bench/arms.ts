// The compared arms: the alternative of a user, ours in each of its ways, and the possible minimum.
import type { Agent } from 'node:http';
import { fileURLToPath } from 'node:url';
import { secret, signatureHeaders } from '../support/deliveries.ts';
import type { Apps } from './apps.ts';
import { lineOf, nextBody, nextEvent } from './events.ts';
import { answerTo, type Load, latenciesOf } from './load.ts';
import { type MeasuredProcess, startMeasured } from './measured.ts';

export interface Arm {
  readonly name: string;
  readonly eventsPerRequest: number;
  /** The milliseconds until storage answers. */
  readonly delaysMs: readonly number[];
  readonly concurrencies: readonly number[];
  readonly process: MeasuredProcess;
  readonly bytesPerEvent: number;
  /** The time of each request. */
  readonly run: (load: Load) => Promise<readonly number[]>;
}

type Environment = Readonly<Record<string, string>>;

const single = { eventsPerRequest: 1, delaysMs: [0, 8], concurrencies: [1, 16, 64] };
/** Arrays already make many writes at once. Sixteen of a thousand single files would exceed the time of a request. */
const arrays = [10, 100, 1000].map((eventsPerRequest) => ({ eventsPerRequest, delaysMs: [8] }));

export async function openArms(apps: Apps, storage: Environment): Promise<readonly Arm[]> {
  const signed = { ...storage, SIGNING_SECRETS: secret };
  return await Promise.all([
    served('reference', apps.reference, storage, single),
    served('ours', apps.ours, signed, single),
    served('ours, LAKE_API=dfs', apps.ours, { ...signed, LAKE_API: 'dfs' }, single),
    ...arrays.map((kind) =>
      served(`ours, arrays of ${kind.eventsPerRequest}`, apps.ours, signed, {
        ...kind,
        concurrencies: kind.eventsPerRequest < 1000 ? [1, 16] : [1],
      }),
    ),
    ...arrays.map((kind) =>
      served(
        `ours, batch files of ${kind.eventsPerRequest}`,
        apps.ours,
        { ...signed, LAKE_FILES: 'batch' },
        {
          ...kind,
          concurrencies: [1, 16],
        },
      ),
    ),
    hub('event', apps.ours, storage),
    hub('batch', apps.ours, storage),
    floor(storage),
  ]);
}

/** A hundred events at once, by each way in. */
export async function openHubArms(apps: Apps, storage: Environment): Promise<readonly Arm[]> {
  const signed = { ...storage, SIGNING_SECRETS: secret };
  const hundred = { eventsPerRequest: 100, delaysMs: [8], concurrencies: [1] };
  return await Promise.all([
    served('HTTP, arrays of 100', apps.ours, signed, hundred),
    hub('event', apps.ours, storage),
    served('HTTP, batch files of 100', apps.ours, { ...signed, LAKE_FILES: 'batch' }, hundred),
    hub('batch', apps.ours, storage),
  ]);
}

type Kind = Pick<Arm, 'eventsPerRequest' | 'delaysMs' | 'concurrencies'>;

async function served(name: string, app: string, env: Environment, kind: Kind): Promise<Arm> {
  const server = await startMeasured(scriptOf('./served-app.ts'), [app], env);
  const url = String(server.said['url']);
  const bytesPerEvent = Buffer.byteLength(nextEvent());
  const send = async (agent: Agent): Promise<void> => {
    const body = nextBody(kind.eventsPerRequest);
    const headers = { 'content-type': 'application/json', ...signatureHeaders(body) };
    const { status, text } = await answerTo({ url, method: 'POST', agent, headers }, body);
    if (status !== 200)
      throw new Error(`Cannot measure: "${name}" must answer 200: it answers ${status}: ${text.slice(0, 200)}`);
  };
  return { name, ...kind, process: server, bytesPerEvent, run: (load) => latenciesOf(load, send) };
}

/** The host's defaults: a hundred messages in an invocation, and one invocation of a partition after the other. */
async function hub(files: 'event' | 'batch', app: string, storage: Environment): Promise<Arm> {
  const eventsPerRequest = 100;
  const named = { EVENT_HUB_NAME: 'hub', EVENT_HUB_CONNECTION__fullyQualifiedNamespace: 'hub.example' };
  const env = { ...storage, ...named, LAKE_FILES: files };
  const process = await startMeasured(scriptOf('./hub-app.ts'), [app, String(eventsPerRequest)], env);
  const run = async ({ concurrency, forMs }: Load): Promise<number[]> => {
    const { latencies } = await process.ask({ kind: 'run', concurrency, forMs });
    return Array.isArray(latencies) ? latencies.map(Number) : [];
  };
  const name = `ours, event hub, ${files === 'event' ? 'invocations' : 'batch files'} of ${eventsPerRequest}`;
  const kind = { eventsPerRequest, delaysMs: [8], concurrencies: [1, 16] };
  return { name, ...kind, process, bytesPerEvent: Buffer.byteLength(nextEvent()), run };
}

async function floor(env: Environment): Promise<Arm> {
  const process = await startMeasured(scriptOf('./floor.ts'), [], env);
  const run = async ({ concurrency, forMs }: Load): Promise<number[]> => {
    const { latencies } = await process.ask({ kind: 'run', concurrency, forMs });
    return Array.isArray(latencies) ? latencies.map(Number) : [];
  };
  return { name: 'floor', ...single, process, bytesPerEvent: lineOf(nextEvent()).length, run };
}

function scriptOf(name: string): string {
  return fileURLToPath(import.meta.resolve(name));
}
