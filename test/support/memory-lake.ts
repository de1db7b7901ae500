import type { LakeWriter } from '../../shared/lake/lake.ts';

export interface MemoryLake extends LakeWriter {
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A lake that never fails. It has the files of a delivery without faults. */
export function memoryLake(): MemoryLake {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    create: async (path, content) => {
      if (files.has(path)) return 'exists';
      // Its caller uses the memory again.
      files.set(path, Uint8Array.prototype.slice.call(content));
      return 'created';
    },
    check: async () => undefined,
  };
}

/** The path and the text of each file. */
export function textsIn({ files }: MemoryLake): [string, string][] {
  return [...files].map(([path, content]) => [path, Buffer.from(content).toString()]);
}
