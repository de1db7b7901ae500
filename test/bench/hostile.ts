// Measures the cost of one hostile body, in each format, with and without redaction. The figures are its time, CPU time
// and peak memory, and the time of a small event and of a health check meanwhile. The bodies are those of
// docs/decisions/024.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { changeEvents, insertOf, textOf, tokenOf, withField } from '../support/change-events.ts';
import { peakMegabytes } from '../support/peak-memory.ts';
import { runWorker } from '../support/running-receiver.ts';
import { countingStorage } from './storage.ts';

const limits = { answerMs: 26_000, eventMs: 5_000, healthMs: 3_000 };
const [, , only = '', small = ''] = process.argv;
const maxBytes = small === 'small' ? 33_554_432 : 67_108_864;
const bounds = { MAX_BODY_BYTES: `${maxBytes}`, MAX_BYTES_IN_FLIGHT: `${maxBytes}` };
const boundMegabytes = (6 * maxBytes) / 1e6 + 120;
/** Just under the limit. */
const full = Math.floor(maxBytes * 0.9);

const families: readonly { readonly name: string; readonly body: () => Uint8Array; readonly isZipped?: boolean }[] = [
  { name: 'database of spaces', body: () => named({ db: ' '.repeat(full), coll: 'c' }) },
  { name: 'collection of é', body: () => named({ db: 'd', coll: 'é'.repeat(full / 2) }) },
  {
    name: 'database of spaces, gzip',
    body: () => gzipSync(named({ db: ' '.repeat(full), coll: 'c' })),
    isZipped: true,
  },
  { name: '1,000 long names', body: () => textOf(longNames(1_000, Math.floor(full / 1_000))) },
  { name: 'numbers', body: () => withDocument(`{"a":[${'1,'.repeat(full / 2)}1]}`) },
  { name: 'members', body: () => withDocument(`{${'"a":1,'.repeat(full / 6)}"a":1}`) },
  { name: 'doubles', body: () => withDocument(`{"a":[${'1e308,'.repeat(full / 6)}1]}`) },
  { name: 'arrays in arrays', body: () => withDocument(`{"a":[${'[1],'.repeat(full / 4)}1]}`) },
  { name: '600,000 integers', body: () => withDocument(`{"x":[${integers(600_000)}]}`) },
  { name: 'codes in scopes', body: () => withDocument(`{"x":[${'{"$code":"","$scope":{}},'.repeat(full / 25)}1]}`) },
  { name: 'name of positions', body: () => withDocument(`{"${'1.'.repeat(full / 2)}a":1}`) },
  { name: 'text of escapes', body: () => withDocument(`{"a":"${'\\"'.repeat(full / 2)}"}`) },
  { name: 'code of escapes', body: () => withDocument(`{"a":{"$code":"${'\\"'.repeat(full / 2)}"}}`) },
  { name: 'name of escapes', body: () => withDocument(`{"${'\\"'.repeat(full / 2)}":1}`) },
];
const redaction = { REDACT: '*: a=hash, x.a=hash', REDACT_KEY: `whsec_${Buffer.alloc(32, 'r').toString('base64')}` };
const settings: readonly (readonly [string, Record<string, string>])[] = ['relaxed', 'canonical', 'simple'].flatMap(
  (DOCUMENT_FORMAT) =>
    [{}, redaction].map((redact): readonly [string, Record<string, string>] => [
      `${DOCUMENT_FORMAT}${'REDACT' in redact ? ', redacted' : ''}`,
      { DOCUMENT_FORMAT, ...redact },
    ]),
);

console.log(`MAX_BODY_BYTES = MAX_BYTES_IN_FLIGHT = ${maxBytes}; the bound is ${boundMegabytes.toFixed(0)} MB`);
tell('body', 'settings', 'answer s', 'status', 'event s', 'health s', 'CPU s', 'MB');
let isMissed = false;
for (const { name, body, isZipped = false } of families.filter((family) => family.name.includes(only))) {
  const bytes = body();
  for (const [told, environment] of settings) {
    const { answerMs, status, eventMs, healthMs, cpuSeconds, megabytes } = await measure(bytes, isZipped, environment);
    const misses = [
      ...(answerMs > limits.answerMs ? ['answer'] : []),
      ...(eventMs > limits.eventMs ? ['event'] : []),
      ...(healthMs > limits.healthMs ? ['health'] : []),
      ...(megabytes > boundMegabytes ? ['memory'] : []),
    ];
    isMissed ||= misses.length > 0;
    const cells = [answerMs, eventMs, healthMs].map((ms) => (ms / 1000).toFixed(1));
    tell(
      name,
      told,
      cells[0] ?? '',
      `${status}`,
      cells[1] ?? '',
      cells[2] ?? '',
      cpuSeconds.toFixed(1),
      megabytes.toFixed(0),
      misses.length > 0 ? `   misses ${misses.join(', ')}` : '',
    );
  }
}
process.exitCode = isMissed ? 1 : 0;

async function measure(body: Uint8Array, isZipped: boolean, environment: Record<string, string>) {
  const storage = await countingStorage(20);
  const endings: (() => unknown)[] = [storage.close];
  const worker = await runWorker(
    { after: (ending: () => unknown) => void endings.push(ending) },
    { ...storage.environment, ...bounds, ...environment },
  );
  const url = new URL(worker.url).origin;
  await post(url, textOf(changeEvents.insert), false);
  let isOver = false;
  const others = Promise.all([
    longest(
      () => isOver,
      (n) => post(url, smallEvent(n), false),
    ),
    longest(
      () => isOver,
      () => get(`${url}/api/health`),
    ),
  ]);
  const began = performance.now();
  const status = await post(url, body, isZipped);
  const answerMs = performance.now() - began;
  isOver = true;
  const [eventMs, healthMs] = await others;
  const cpuSeconds = await cpuOf(worker.child.pid);
  const megabytes = await peakMegabytes(worker.child);
  for (const end of endings) end();
  return { answerMs, status, eventMs, healthMs, cpuSeconds, megabytes };
}

async function longest(isOver: () => boolean, work: (count: number) => Promise<unknown>): Promise<number> {
  let most = 0;
  for (let count = 0; !isOver(); count++) {
    const began = performance.now();
    await work(count);
    most = Math.max(most, performance.now() - began);
    await pause(100);
  }
  return most;
}

async function post(url: string, body: Uint8Array, isZipped: boolean): Promise<number> {
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const sent = request(`${url}/api/change-events`, {
    method: 'POST',
    headers: isZipped ? { ...headers, 'content-encoding': 'gzip' } : headers,
  });
  return await statusOf(sent, body);
}

async function get(url: string): Promise<number> {
  return await statusOf(request(url));
}

async function statusOf(sent: ReturnType<typeof request>, body?: Uint8Array): Promise<number> {
  const answered = once(sent, 'response');
  sent.end(body);
  const [response] = await answered;
  response.resume();
  await once(response, 'end').catch(() => undefined);
  sent.on('error', () => undefined);
  return Number(response.statusCode);
}

/** User and system time in ticks of Linux, a hundredth of a second each. */
async function cpuOf(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function smallEvent(count: number): Uint8Array {
  return textOf({ ...insertOf({ _id: 1, text: 'x'.repeat(600) }), _id: { _data: tokenOf(1_000_000 + count) } });
}

function named(ns: Readonly<Record<string, string>>): Uint8Array {
  return textOf(withField(changeEvents.insert, 'ns', ns));
}

function longNames(count: number, bytes: number) {
  return Array.from({ length: count }, () =>
    withField(changeEvents.insert, 'ns', { db: ' '.repeat(bytes - 700), coll: 'c' }),
  );
}

function withDocument(document: string): Uint8Array {
  const [before = '', after = ''] = textOf(withField(changeEvents.insert, 'fullDocument', 'HERE'))
    .toString()
    .split('"HERE"');
  return Buffer.from(before + document + after);
}

function integers(count: number): string {
  return Array.from({ length: count }, (_, n) => `{"a":${(n * 7919) % 1_000_003}}`).join();
}

function tell(...cells: readonly string[]): void {
  console.log(cells.map((cell, at) => (at < 2 ? cell.padEnd(26) : cell.padStart(9))).join(''));
}
