// A write that ends: with its result, or after `ms`, or with the signal, also where the store does not heed a signal.
import { deadlineIn, endingWith } from '../async/deadline.ts';
import type { LakeWriter } from './lake.ts';

export interface NewFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly contentType: string;
}

export async function createInTime(
  writer: LakeWriter,
  { path, content, contentType }: NewFile,
  ms: number,
  signal: AbortSignal,
): Promise<'created' | 'exists'> {
  signal.throwIfAborted();
  using deadline = deadlineIn(ms, signal);
  return await endingWith(deadline.signal, writer.create(path, content, contentType, deadline.signal));
}
