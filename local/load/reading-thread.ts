// The work of the thread that reads a dump.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { DumpFault } from '../dump/dump-fault.ts';
import type { FileStore, StoredFile } from './file-store.ts';
import { loadDumps } from './load-dump.ts';
import { LoadStopped } from './load-target.ts';
import { snapshotFiles } from './snapshot-files.ts';
import { type FromReader, memoryOf, type ThreadWork, type ToReader } from './thread-messages.ts';

if (parentPort !== null) await readDumps(parentPort, workerData);

/** Anything but an expected fault ends the thread, and the main thread hears of it. */
async function readDumps(port: MessagePort, { dumps, snapshot, settings }: ThreadWork): Promise<void> {
  const post = (message: FromReader): void => port.postMessage(message);
  const target = snapshotFiles(settings, snapshot, storeThrough(port));
  // The main thread ends this one when it is told to stop.
  const { signal } = new AbortController();
  try {
    const counts = await loadDumps(
      dumps,
      snapshot,
      target,
      {
        onRead: (bytes) => post({ kind: 'read', bytes }),
        onLoaded: (counts) => post({ kind: 'loaded', counts }),
        onRefused: () => undefined,
      },
      signal,
    );
    post({ kind: 'ended', counts });
  } catch (error) {
    if (error instanceof DumpFault) {
      const { requirement, place, file } = error;
      post({ kind: 'dump-fault', requirement, place, file });
    } else if (error instanceof LoadStopped) post({ kind: 'stopped', why: error.message });
    else throw error;
  } finally {
    port.unref();
  }
}

function storeThrough(port: MessagePort): FileStore {
  const waiting = new Map<number, PromiseWithResolvers<StoredFile>>();
  let count = 0;
  port.on('message', (message: ToReader) => {
    const answer = waiting.get(message.number);
    waiting.delete(message.number);
    if (message.kind === 'stored') answer?.resolve(message.stored);
    else answer?.reject(new LoadStopped(message.why));
  });
  return (file) => {
    const answer = Promise.withResolvers<StoredFile>();
    const number = count++;
    waiting.set(number, answer);
    port.postMessage({ kind: 'file', number, file } satisfies FromReader, [memoryOf(file.content)]);
    return answer.promise;
  };
}
