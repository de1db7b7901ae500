// One log line of each kind. Receiver, hub function, health check and compaction write them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toHubLogLine } from '../../../shared/app/hub-log-line.ts';
import { toLogLine } from '../../../shared/app/log-line.ts';
import { hubReceiver, openReceiver } from '../../../shared/app/open-receiver.ts';
import { runTables } from '../../../shared/app/run-tables.ts';
import { takeMessages } from '../../../shared/event-hub/take-messages.ts';
import { bytesInFlight } from '../../../shared/http/bytes-in-flight.ts';
import type { Delivery } from '../../../shared/http/delivery.ts';
import { receive } from '../../../shared/http/receive.ts';
import { toResponse } from '../../../shared/http/response.ts';
import { folderWriter } from '../../../shared/lake/folder/folder-writer.ts';
import type { LakeWriter } from '../../../shared/lake/lake.ts';
import { changeEvents, eventSeconds, textOf, withField } from '../../support/change-events.ts';
import { deliveryOf, receiverWith, secret, settingsWith } from '../../support/deliveries.ts';
import type { Places } from './told-lake.ts';

/** The time of the events. */
const eventMs = eventSeconds * 1000;
const hourMs = 3_600_000;
const second = { _id: { $oid: '573a1390f29313caabcd4136' } };
const inserted = textOf(changeEvents.insert);
const unknownType = textOf(withField(changeEvents.insert, 'operationType', 5));
const mixed = textOf([
  changeEvents.insert,
  changeEvents.update,
  { ...changeEvents.delete, ns: { db: 'shop', coll: 'orders' }, documentKey: second },
]);

export type LogLines = Awaited<ReturnType<typeof writeLogLines>>;
export type LineKind = keyof LogLines;

export async function writeLogLines(places: Places) {
  const lake = folderWriter(places.lake);
  const failing: LakeWriter = { ...lake, create: () => Promise.reject(storageFault()) };
  return {
    stored: await lineOf(lake, inserted, { seconds: 2 }),
    storedAgain: await lineOf(lake, inserted, { seconds: 2 }),
    storedSeveral: await lineOf(lake, mixed, { seconds: 4 }),
    late: await lineOf(folderWriter(places.beside('late')), inserted, { seconds: 1200 }),
    refused: await lineOf(lake, unknownType, { seconds: 1 }),
    partlyRefused: await lineOf(
      folderWriter(places.beside('partly')),
      textOf([changeEvents.insert, withField(changeEvents.insert, 'operationType', 5)]),
      { seconds: 3 },
    ),
    notAuthentic: await lineOf(lake, inserted, { seconds: 1, environment: { SIGNING_SECRETS: secret } }),
    busy: await lineOf(lake, inserted, { seconds: 1, isBusy: true }),
    incomplete: await lineOf(lake, '', { seconds: 1, delivery: { contentLength: '9', body: brokenBody() } }),
    failed: await lineOf(failing, mixed, { seconds: 9, tookMs: 8000 }),
    wrongSettings: await wrongSettingsLine(),
    lakeDown: await lakeDownLine(places),
    hubStored: await hubLineOf(lake, [textOf(changeEvents.replace)], 3),
    hubLate: await hubLineOf(folderWriter(places.beside('hub-late')), [inserted], 900),
    hubRefused: await hubLineOf(lake, [Buffer.from('no event'), unknownType, inserted], 5),
    hubFailed: await hubLineOf(failing, [inserted], 600),
    ...(await tablesLines(places)),
  };
}

interface Circumstances {
  /** The time from the event to the end of the delivery. */
  readonly seconds: number;
  readonly environment?: Record<string, string>;
  readonly delivery?: Partial<Delivery>;
  readonly isBusy?: boolean;
  readonly tookMs?: number;
}

async function lineOf(lake: LakeWriter, body: Uint8Array | string, given: Circumstances): Promise<string> {
  const { seconds, environment = {}, delivery, isBusy = false, tookMs = 40 } = given;
  const receiver = receiverWith(lake, environment);
  const inFlight = isBusy ? bytesInFlight(0) : receiver.inFlight;
  if (isBusy) inFlight.room().holds(1);
  const endedMs = eventMs + seconds * 1000;
  const receipt = await receive(deliveryOf(body, delivery), { ...receiver, inFlight }, new Date(endedMs));
  const { status = 0 } = toResponse(receipt, receiver.settings);
  const line = toLogLine(receipt, { status, startedMs: endedMs - tookMs, endedMs });
  return settled(line, { storageMs: tookMs - 10 });
}

async function hubLineOf(lake: LakeWriter, bodies: readonly Uint8Array[], seconds: number): Promise<string> {
  const receiver = hubReceiver(settingsWith({}), lake, bytesInFlight(1_000_000));
  const messages = bodies.map((body, at) => ({
    body,
    sequenceNumber: String(at + 1),
    enqueuedMs: eventMs,
    partitionKey: undefined,
  }));
  const invocation = { namespace: 'ns', hub: 'changes', consumerGroup: '$Default', partition: '0', messages };
  const receipt = await takeMessages(invocation, receiver, new AbortController().signal);
  const endedMs = eventMs + seconds * 1000;
  return toHubLogLine(invocation, receipt, { startedMs: endedMs - 40, endedMs, storageMs: 30 });
}

/** The last run finds a file without events, and reports its age. */
async function tablesLines({ lake, tables }: Places) {
  const settings = settingsWith({ LAKE_URL: `file:${lake}`, TABLES: 'delta', TABLES_URL: `file:${tables}` });
  const at = new Date(eventMs + 3 * hourMs);
  const tablesRun = settled(await runTables(settings, at), { seconds: 1 });
  const tablesIdle = settled(await runTables(settings, at), { seconds: 1 });
  const file = join(
    lake,
    'shop/orders/year=2026/month=11/day=20/hour=10/change-1795169730-0000000001-0011223344556677.json',
  );
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, 'no event\n');
  return { tablesRun, tablesIdle, tablesLate: settled(await runTables(settings, at), { seconds: 1 }) };
}

async function wrongSettingsLine(): Promise<string> {
  const opened = await openReceiver({ LAKE_URL: 'lake' });
  assert(opened.kind === 'misconfigured');
  const lines: string[] = [];
  opened.logProblems((line) => lines.push(line), new Date(eventMs));
  return lines[0] ?? '';
}

/** Returns the function's line when the folder of the lake is a file. */
async function lakeDownLine({ beside }: Places): Promise<string> {
  writeFileSync(beside('file'), '');
  const former = process.env['LAKE_URL'];
  process.env['LAKE_URL'] = `file:${beside('file')}`;
  const { answerHealth } = await import('../../../functions/health.ts');
  const lines: string[] = [];
  await answerHealth(Object(undefined), Object({ error: (line: string) => lines.push(line) }));
  if (former === undefined) delete process.env['LAKE_URL'];
  else process.env['LAKE_URL'] = former;
  return lines[0] ?? '';
}

function storageFault(): Error {
  return Object.assign(new Error('The server is busy'), { name: 'RestError', code: 'ServerBusy', statusCode: 503 });
}

function brokenBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.error(new Error('reset')) });
}

/** Replaces measured times, so that a line is the same each time. */
function settled(line: string, figures: Readonly<Record<string, number>>): string {
  const fields = JSON.parse(line);
  for (const [name, value] of Object.entries(figures)) if (fields[name] !== null) fields[name] = value;
  return JSON.stringify(fields);
}
