// Measures the peak memory of the receiver with large requests at once and a slow storage. Compares it with the bound
// of its settings. The bundle runs under the runtime's own programming model, in a process of its own for each kind of
// request.
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { changeEvents, eventSeconds, insertOf, textOf, tokenOf, withField } from '../support/change-events.ts';
import { settingsWith } from '../support/deliveries.ts';
import { peakMegabytes } from '../support/peak-memory.ts';
import { runWorker } from '../support/running-receiver.ts';
import { burst } from './burst.ts';
import { countingStorage } from './storage.ts';

const atOnce = 16;
const bursts = 3;
const storageMs = 200;
const { maxBodyBytes, maxBytesInFlight, maxEvents } = settingsWith({});
/** A body, its lines, and the garbage of earlier ones until the next collection. */
const perByteInFlight = 6;
const boundMegabytes = (perByteInFlight * maxBytesInFlight) / 1e6 + 120;

const oneText = textOf(insertOf({ _id: 1, text: 'é'.repeat(8_388_000) }));
// 16 MB in BSON: a field of a small number takes 13 bytes there, and 29 as canonical text.
const manyFields = textOf(insertOf(fields(1_290_000)));
const array = textOf(arrayOf(maxEvents, Math.floor(maxBodyBytes / maxEvents)));
const inBatches = { LAKE_FILES: 'batch' };

const kinds: readonly { name: string; body: Uint8Array; isZipped?: boolean; settings?: Record<string, string> }[] = [
  { name: 'empty arrays', body: textOf([]) },
  { name: 'a document of 16 MB, one text', body: oneText },
  { name: 'a document of 16 MB, many fields', body: manyFields },
  { name: 'the same with gzip', body: gzipSync(manyFields, { level: 1 }), isZipped: true },
  { name: 'an array, a file for each event', body: array },
  { name: 'the same with gzip', body: gzipSync(array, { level: 1 }), isZipped: true },
  { name: 'an array, LAKE_FILES=batch', body: array, settings: inBatches },
  { name: 'the same with gzip', body: gzipSync(array, { level: 1 }), isZipped: true, settings: inBatches },
];

console.log(`${bursts} times ${atOnce} requests at once, storage answering after ${storageMs} ms`);
tell('each with', 'MB sent', 'stored', '503, come again', 'MB held at most');
let isPassed = false;
for (const { name, body, isZipped = false, settings = {} } of kinds) {
  const { statuses, megabytes } = await measure(body, isZipped, settings);
  const [stored, again] = [200, 503].map((status) => statuses.filter((one) => one === status).length);
  tell(name, (body.length / 1e6).toFixed(1), `${stored}`, `${again}`, megabytes.toFixed(0));
  isPassed ||= megabytes > boundMegabytes;
}
console.log(
  `The bound is ${boundMegabytes.toFixed(0)} MB: ${perByteInFlight} × MAX_BYTES_IN_FLIGHT + 120 MB. It is ${isPassed ? 'passed' : 'kept'}.`,
);
process.exitCode = isPassed ? 1 : 0;

async function measure(body: Uint8Array, isZipped: boolean, settings: Record<string, string>) {
  const storage = await countingStorage(storageMs);
  const endings: (() => unknown)[] = [storage.close];
  const after = (ending: () => unknown): void => void endings.push(ending);
  const worker = await runWorker({ after }, { ...storage.environment, ...settings });
  const statuses: number[] = [];
  for (let round = 0; round < bursts; round++) {
    if (round > 0) await pause(1_000);
    statuses.push(...(await burst(worker.url, body, { atOnce, isZipped })));
  }
  const megabytes = await peakMegabytes(worker.child);
  for (const end of endings) end();
  return { statuses, megabytes };
}

function fields(count: number): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`.padEnd(6, '_'), { $numberInt: '7' }]));
}

/** Events of one namespace and hour, by number and size. */
function arrayOf(count: number, eventBytes: number) {
  const size = Math.floor((eventBytes - textOf(changeEvents.insert).length) / 28);
  const document = fields(size);
  return Array.from({ length: count }, (_, n) => {
    const event = withField(insertOf(document), '_id', { _data: tokenOf(n) });
    return withField(event, 'clusterTime', { $timestamp: { t: eventSeconds, i: n } });
  });
}

function tell(...cells: readonly string[]): void {
  console.log(cells.map((cell, at) => (at === 0 ? cell.padEnd(36) : cell.padStart(17))).join(''));
}
