// Loads dumps with a second thread. That thread reads the dumps and writes the lines. This one makes files of the
// lines, and puts them into the lake.
import { Worker } from 'node:worker_threads';
import { DumpFault } from '../dump/dump-fault.ts';
import type { LoadCounts, LoadWatcher } from './load-dump.ts';
import { LoadStopped } from './load-target.ts';
import { type FromReader, memoryOf, type ThreadWork, type ToReader } from './thread-messages.ts';
import type { BatchStore, WrittenBatch } from './written-batch.ts';

/** Like `loadDumps`. The thread starts at once, while the lake is opened. */
export async function loadInThread(
  work: ThreadWork,
  openStore: () => Promise<BatchStore>,
  { onRead, onLoaded }: LoadWatcher,
  signal: AbortSignal,
): Promise<LoadCounts> {
  const thread = new Worker(new URL('./reading-thread.ts', import.meta.url), { workerData: work });
  const ended = Promise.withResolvers<LoadCounts>();
  const stop = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', stop);
  thread.on('error', ended.reject);
  thread.on('exit', () => ended.reject(new Error('Cannot load: the thread that reads must say how it ended')));
  try {
    signal.throwIfAborted();
    const opening = openStore();
    opening.catch(ended.reject);
    thread.on('message', (message: FromReader) => {
      switch (message.kind) {
        case 'progress':
          onRead(message.bytes);
          return message.counts && onLoaded(message.counts);
        case 'batch':
          return void put(opening, message.number, message.batch).catch(ended.reject);
        case 'ended':
          return ended.resolve(message.counts);
        case 'dump-fault':
          return ended.reject(new DumpFault(message.requirement, message.place, { file: message.file }));
        case 'stopped':
          return ended.reject(new LoadStopped(message.why));
      }
    });
    return await ended.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    await thread.terminate();
  }

  async function put(opening: Promise<BatchStore>, number: number, batch: WrittenBatch): Promise<void> {
    const post = (message: ToReader, memory: ArrayBuffer[] = []): void => thread.postMessage(message, memory);
    const store = await opening;
    try {
      const stored = await store(batch, signal, (memory) =>
        post({ kind: 'copied', number, memory }, [memoryOf(memory)]),
      );
      post({ kind: 'stored', number, stored });
    } catch (error) {
      if (!(error instanceof LoadStopped)) throw error;
      post({ kind: 'not-stored', number, why: error.message });
    }
  }
}
