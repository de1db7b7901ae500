// Puts the files of a load into the lake.
import { createInTime, type NewFile } from '../../shared/lake/create-in-time.ts';
import { describeFault } from '../../shared/lake/fault.ts';
import type { LakeWriter } from '../../shared/lake/lake.ts';
import { type Attempt, lakePausesMs, untilTaken } from './lake-tries.ts';

/** Throws a LoadStopped if the lake does not take the file. */
export type FileStore = (file: NewFile, signal: AbortSignal) => Promise<StoredFile>;

export interface StoredFile {
  readonly result: 'created' | 'exists';
  /** The memory of the content. Undefined if a try that took too long may still read it. */
  readonly memory: Uint8Array | undefined;
}

const writeMs = 20_000;

export function storeInLake(lake: LakeWriter, pausesMs = lakePausesMs): FileStore {
  return async (file, signal) => {
    let tries = 0;
    const attempt = (): Promise<Attempt<StoredFile['result']>> => {
      tries++;
      return created(lake, file, signal);
    };
    const result = await untilTaken(attempt, pausesMs, signal);
    return { result, memory: tries === 1 ? file.content : undefined };
  };
}

async function created(lake: LakeWriter, file: NewFile, signal: AbortSignal): Promise<Attempt<'created' | 'exists'>> {
  try {
    return { kind: 'taken', result: await createInTime(lake, file, writeMs, signal) };
  } catch (fault) {
    signal.throwIfAborted();
    return { kind: 'failed', fault: describeFault(fault) };
  }
}
