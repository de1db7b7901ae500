// Ends a write after `ms` or with the signal, even if the store ignores the signal.
import { within } from '../async/deadline.ts';
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
  return await within(ms, (ending) => writer.create(path, content, contentType, ending), signal);
}
