// What arrays and batch files save: storage requests and CPU per event, at 1 to 1,000 events in a request, with one file per event
// and with LAKE_FILES=batch. Signature, validation and default format on; storage answers after 8 ms. docs/decisions/008 rests on this.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { changeEvents, type EventFields, eventSeconds, tokenOf, withField } from '../support/change-events.ts';
import { secret, signatureOf } from '../support/deliveries.ts';
import { type CountingStorage, countingStorage } from './counting-storage.ts';

const rounds = 3;
const eventsPerRound = 2000;
const sizes = [1, 10, 100, 1000];
const arms = (['event', 'batch'] as const).flatMap((files) => sizes.map((size) => ({ files, size })));
let increment = 0;

const opened = await Promise.all(arms.map(open));
for (const arm of opened) await send(arm, arm.size === 1000 ? 1000 : 200);
for (let round = 0; round < rounds; round++) for (const arm of opened) arm.results.push(await measure(arm));
for (const { app, storage } of opened) {
  app.child.kill('SIGKILL');
  storage.close();
}
report();

interface Figures {
  readonly requests: number;
  readonly cpuMs: number;
}

interface Arm {
  readonly files: 'event' | 'batch';
  readonly size: number;
  readonly storage: CountingStorage;
  readonly app: Awaited<ReturnType<typeof startApp>>;
  readonly results: Figures[];
}

async function open({ files, size }: { files: 'event' | 'batch'; size: number }): Promise<Arm> {
  const storage = await countingStorage(8);
  const app = await startApp({ ...storage.environment, LAKE_FILES: files, SIGNING_SECRETS: secret });
  return { files, size, storage, app, results: [] };
}

async function startApp(env: Record<string, string>) {
  const child = fork(fileURLToPath(import.meta.resolve('./measured-app.ts')), { env, stdio: 'inherit' });
  const [told] = await once(child, 'message');
  return { child, url: String(told.url), meter: String(told.meter) };
}

async function measure(arm: Arm): Promise<Figures> {
  const before = { requests: arm.storage.requests(), cpuMs: await cpuMsOf(arm) };
  await send(arm, eventsPerRound);
  return {
    requests: (arm.storage.requests() - before.requests) / eventsPerRound,
    cpuMs: ((await cpuMsOf(arm)) - before.cpuMs) / eventsPerRound,
  };
}

async function cpuMsOf({ app }: Arm): Promise<number> {
  return JSON.parse(await (await fetch(app.meter)).text()).cpuMs;
}

/** Four requests at a time, as a drain beside some triggers would. */
async function send({ app, size }: Arm, count: number): Promise<void> {
  let left = count / size;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (left-- > 0) await post(app.url, size);
    }),
  );
}

async function post(url: string, size: number): Promise<void> {
  const events = Array.from({ length: size }, nextEvent);
  const body = JSON.stringify(size === 1 ? events[0] : events);
  const { id, timestamp, signature } = signatureOf(body, secret, new Date());
  const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signed },
    body,
  });
  const { stored } = JSON.parse(await response.text());
  if (stored !== size) throw new Error(`Cannot measure: all of ${size} events must be stored: ${stored} are`);
}

function nextEvent(): EventFields {
  increment++;
  const time = { $timestamp: { t: eventSeconds, i: increment } };
  return withField(withField(changeEvents.update, '_id', { _data: tokenOf(increment) }), 'clusterTime', time);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function report(): void {
  const alone = median(opened[0]?.results.map(({ cpuMs }) => cpuMs) ?? []);
  const row = (...cells: string[]) =>
    console.log(cells.map((cell, at) => (at === 0 ? cell.padEnd(36) : cell.padStart(20))).join(''));
  row(`medians of ${rounds} × ${eventsPerRound} events`, 'storage requests', 'CPU µs per event', 'CPU to one by one');
  for (const { files, size, results } of opened) {
    const cpuMs = median(results.map((one) => one.cpuMs));
    const requests = median(results.map((one) => one.requests));
    row(
      `LAKE_FILES=${files}, ${size} per request`,
      requests.toFixed(3),
      (cpuMs * 1000).toFixed(0),
      (cpuMs / alone).toFixed(3),
    );
  }
}
