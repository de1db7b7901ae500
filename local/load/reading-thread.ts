// The work of the thread that reads a dump.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { DumpFault } from '../dump/dump-fault.ts';
import { loadDumps } from './load-dump.ts';
import { LoadStopped } from './load-target.ts';
import { snapshotFiles } from './snapshot-files.ts';
import { type FromReader, memoryOf, type ThreadWork, type ToReader } from './thread-messages.ts';
import { threadProgress } from './thread-progress.ts';
import type { BatchStore, StoredBatch } from './written-batch.ts';

if (parentPort !== null) await readDumps(parentPort, workerData);

/** Only expected faults are reported. Any other fault ends the thread, and the main thread notices it. */
async function readDumps(port: MessagePort, { dumps, snapshot, documentFormat }: ThreadWork): Promise<void> {
  const post = (message: FromReader): void => port.postMessage(message);
  const progress = threadProgress(post);
  const target = snapshotFiles(documentFormat, snapshot, storeThrough(port));
  // The main thread ends this one when a person stops it.
  const { signal } = new AbortController();
  try {
    const watcher = { ...progress, onRefused: () => undefined };
    const counts = await loadDumps(dumps, snapshot, target, watcher, signal).finally(progress.flush);
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

function storeThrough(port: MessagePort): BatchStore {
  const waiting = new Map<number, Waiting>();
  let count = 0;
  port.on('message', (message: ToReader) => {
    const batch = waiting.get(message.number);
    if (message.kind === 'copied') {
      batch?.onCopied(message.memory);
      return;
    }
    waiting.delete(message.number);
    if (message.kind === 'stored') batch?.resolve(message.stored);
    else batch?.reject(new LoadStopped(message.why));
  });
  return (batch, _signal, onCopied) => {
    const answer = Promise.withResolvers<StoredBatch>();
    const number = count++;
    waiting.set(number, { ...answer, onCopied });
    port.postMessage({ kind: 'batch', number, batch } satisfies FromReader, [memoryOf(batch.bytes)]);
    return answer.promise;
  };
}

interface Waiting extends PromiseWithResolvers<StoredBatch> {
  readonly onCopied: (memory: Uint8Array) => void;
}
