// The receiver full of canaries, in this process: the code that functions/ calls, with a storage that repeats requests.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { command as replay } from '../../local/commands/replay.ts';
import { toHubLogLine } from '../../shared/app/hub-log-line.ts';
import { toLogLine } from '../../shared/app/log-line.ts';
import { openReceiver } from '../../shared/app/open-receiver.ts';
import { runTables } from '../../shared/app/run-tables.ts';
import { openStatus } from '../../shared/app/status/open-status.ts';
import { readInvocation } from '../../shared/event-hub/invocation.ts';
import { takeMessages } from '../../shared/event-hub/take-messages.ts';
import { receive } from '../../shared/http/receive.ts';
import { toResponse } from '../../shared/http/response.ts';
import { canaries, canariesIn, canaryEvent, contentCanaries } from './canary.ts';
import * as sent from './canary-requests.ts';
import { canaryStorage } from './canary-storage.ts';
import { performed } from './commands.ts';
import { deliveryOf, signatureIn } from './deliveries.ts';
import { temporaryFolder } from './lakes.ts';
import { never } from './never.ts';
import type { Surface, Told } from './secrecy-table.ts';

type Settings = Readonly<Record<string, string>>;

/** Each way to write. */
const writings = (['blob', 'dfs'] as const).flatMap((LAKE_API) =>
  ['event', 'batch'].flatMap((LAKE_FILES) =>
    [{}, sent.redaction].map((rules) => ({ ...sent.secrets, ...rules, LAKE_API, LAKE_FILES })),
  ),
);

/** Every call fails, with an error of the SDK that knows address, path and headers. */
const unreachable = (['blob', 'dfs'] as const).flatMap((LAKE_API) =>
  ['http://127.0.0.1:9/account/lake', 'https://account.dfs.nowhere.invalid/lake'].map((LAKE_URL) => ({
    ...sent.secrets,
    LAKE_URL,
    LAKE_API,
  })),
);

export const receiverSurfaces: readonly Surface[] = [
  {
    surface: 'answers, log lines, health and status page',
    ...sent.given,
    ways: {
      ...waysOf(writings, ownStorage),
      ...waysOf(unreachable, async (_t, settings) => {
        const app = await openApp(settings);
        const answer = await sent.answerTo(app.ask, 'an event', sent.hanging);
        return { texts: [answer, ...(await app.pages()), ...app.lines], says: [/"faults":\{"RestError/] };
      }),
    },
  },
  { surface: 'the log lines of an event hub', ...sent.given, ways: waysOf(writings, fromHub) },
  {
    surface: 'a lake in a folder: log lines, status page, tables and npm run replay',
    ...sent.given,
    ways: { 'with files that are none': inFolder },
  },
];

function waysOf<T extends Settings>(all: readonly T[], way: (t: TestContext, settings: T) => Promise<Told>) {
  return Object.fromEntries(
    all.map((settings) => {
      const { LAKE_API, LAKE_FILES = '', LAKE_URL = '', REDACT = '' } = settings;
      const what = [LAKE_API, LAKE_FILES, LAKE_URL, REDACT && 'redacted'].filter(Boolean).join(', ');
      return [what, (t: TestContext) => way(t, settings)];
    }),
  );
}

/** Answers and logs as the functions do. */
async function openApp(environment: Settings) {
  const opening = openReceiver(environment);
  const opened = await opening;
  assert(opened.kind === 'open');
  const { receiver, hub, health, deliveries, settings } = opened;
  const lines: string[] = [];
  const ask: sent.Ask = async (request) => {
    const startedMs = Date.now();
    const headers: Record<string, string> = sent.headersOf(request);
    const delivery = deliveryOf(request.body, {
      contentType: headers['content-type'] ?? null,
      contentEncoding: headers['content-encoding'] ?? null,
      signature: signatureIn(headers),
    });
    const receipt = await receive(delivery, receiver, new Date());
    const answer = toResponse(receipt, settings);
    lines.push(toLogLine(receipt, { status: answer.status, startedMs, endedMs: Date.now() }));
    deliveries.note(receipt, startedMs);
    return { ...answer, headers: JSON.stringify(answer.headers) };
  };
  return {
    settings,
    lines,
    ask,
    take: async (bodies: readonly Uint8Array[], signal: AbortSignal) => {
      const numbers = bodies.map((_, at) => at);
      const origin = { partitionContext: { partitionId: '0' }, sequenceNumberArray: numbers };
      const keyed = { ...origin, partitionKeyArray: bodies.map(() => canaries.shardKey) };
      const invocation = readInvocation(bodies, keyed, 'hub');
      const receipt = await takeMessages(invocation, hub, signal);
      lines.push(toHubLogLine(invocation, receipt, { startedMs: 0, endedMs: 1, storageMs: null }));
      deliveries.noteEvents(receipt.events, Date.now());
    },
    pages: async () => {
      const isHealthy = await health.isHealthy(new Date(), (fault) => lines.push(fault));
      const page = await openStatus(opening, environment)(new Date(), (fault) => lines.push(fault));
      return [String(isHealthy), page.body, JSON.stringify(page.headers)];
    },
  };
}

async function ownStorage(t: TestContext, settings: (typeof writings)[number]): Promise<Told> {
  const storage = await canaryStorage(t, settings.LAKE_API);
  const app = await openApp({ ...settings, LAKE_URL: `${storage.origin}/account/lake` });

  const answers = await sent.answersOf(app.ask);
  const pages = await app.pages();

  assertWritten(storage.written(), 'REDACT' in settings);
  return { texts: [...answers, ...pages, ...app.lines], says: sent.logged };
}

async function fromHub(t: TestContext, settings: (typeof writings)[number]): Promise<Told> {
  const storage = await canaryStorage(t, settings.LAKE_API);
  const app = await openApp({ ...settings, LAKE_URL: `${storage.origin}/account/lake` });
  const isOver = new AbortController();

  await app.take(bodiesOf({ ...sent.requests, ...sent.failing }), isOver.signal);
  const never = app.take([Buffer.from(JSON.stringify(canaryEvent('hangs')))], isOver.signal);
  while (!storage.requests.some(({ url }) => url?.includes('/hangs/'))) await nextTurn();
  isOver.abort(new DOMException('Cannot finish in time', 'TimeoutError'));
  await never;

  return {
    texts: app.lines,
    says: [/RestError 500/, /RestError[ \w]* 403/, /"faults":\{"(?:TimeoutError|AbortError)/],
  };
}

async function inFolder(t: TestContext): Promise<Told> {
  const folder = await temporaryFolder(t);
  const settings = { ...sent.secrets, LAKE_URL: `file:${join(folder, 'lake')}`, TABLES: 'delta' };
  const { STORAGE_ACCOUNT_KEY: _, ...environment } = settings;
  const app = await openApp(environment);

  const answers = await sent.answersOf(app.ask, {});
  await app.take(bodiesOf(sent.requests), never);
  const hour = join(folder, 'lake/well/movies/year=2026/month=11/day=20/hour=10');
  await mkdir(hour, { recursive: true });
  await writeFile(
    join(hour, 'change-1795169730-0000000009-0123456789abcdef.json'),
    JSON.stringify(canaryEvent('well')),
  );
  const tables = await runTables(app.settings, new Date('2026-11-20T12:00:00Z'));
  const replayed = await performed(replay, environment, '--refused');

  const texts = [...answers, ...(await app.pages()), ...app.lines, tables, replayed.output];
  return { texts, says: [/Refused again/, /"message":"tables"/, /sequence number/] };
}

function bodiesOf(all: Readonly<Record<string, sent.CanaryRequest>>): Uint8Array[] {
  return Object.values(all).map(({ body }) => body);
}

/** Checks that there was content to find. */
function assertWritten(written: string, isRedacting: boolean): void {
  const inLake = new Set<string>(canariesIn(written).map(({ canary }) => canary));
  const taken = ['document', 'arrayElement', 'shardKey'];
  for (const canary of contentCanaries)
    if (canary !== 'objectId' && !(isRedacting && taken.includes(canary))) assert(inLake.has(canary), canary);
}
