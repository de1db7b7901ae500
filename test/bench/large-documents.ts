// Measures the memory of 16 documents of 16 MB that arrive at once, with a slow storage.
import { once } from 'node:events';
import { insertOf, textOf } from '../support/change-events.ts';
import { peakMegabytes } from '../support/peak-memory.ts';
import { runWorker } from '../support/running-receiver.ts';
import type { Apps } from './apps.ts';
import { burst } from './burst.ts';
import type { CountingStorage } from './storage.ts';

const storageMs = 200;
const atOnce = 16;
const body = textOf(insertOf({ _id: { $oid: '573a1390f29313caabcd4135' }, text: 'é'.repeat(8_388_000) }));

export interface LargeDocuments {
  /** One for each round, in a separate process, because garbage collection is random. */
  readonly oursMegabytes: readonly number[];
  readonly referenceMegabytes: readonly number[];
  /** The number of our documents that were stored at once, in the last round. */
  readonly oursStored: number;
}

export async function largeDocuments(apps: Apps, storage: CountingStorage, rounds: number): Promise<LargeDocuments> {
  storage.answerAfter(storageMs);
  const peaks = { oursMegabytes: [] as number[], referenceMegabytes: [] as number[], oursStored: 0 };
  for (let round = 0; round < rounds; round++) {
    const { megabytes, stored } = await peakOf(apps.ours, 'streamed', storage);
    peaks.oursMegabytes.push(megabytes);
    peaks.oursStored = stored;
    peaks.referenceMegabytes.push((await peakOf(apps.reference, 'buffered', storage)).megabytes);
  }
  return peaks;
}

async function peakOf(app: string, mode: string, { environment }: CountingStorage) {
  const ends: (() => unknown)[] = [];
  const worker = await runWorker({ after: (end: () => unknown) => void ends.push(end) }, { ...environment }, app, mode);
  const statuses = await burst(worker.url, body, { atOnce });
  const megabytes = await peakMegabytes(worker.child);
  const ended = once(worker.child, 'exit');
  for (const end of ends) end();
  await ended;
  return { megabytes, stored: statuses.filter((status) => status === 200).length };
}
