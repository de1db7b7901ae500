// A store in memory with the ports of the lake. It refuses the same requests as a real store, and fails on command.
import type { LakeFile, LakeReader, LakeRemover, LakeReplacer, LakeWriter } from '../../shared/lake/lake.ts';
import { assertLakePath } from '../../shared/lake/path-rules.ts';

export type StoreRequest = {
  readonly kind: 'list' | 'folders' | 'files' | 'read' | 'create' | 'replace' | 'remove';
  readonly path: string;
};

/** What happens to a request: nothing special, a fault before it is done, or a fault after it is done. */
export type StoreFate = 'done' | 'fails' | 'done-but-fails' | 'done-twice';

export interface MemoryStore {
  readonly reader: LakeReader;
  readonly writer: LakeWriter;
  readonly replacer: LakeReplacer;
  readonly remover: LakeRemover;
  readonly files: Map<string, Uint8Array>;
  readonly requests: StoreRequest[];
  readonly fateOf: (next: (request: StoreRequest) => StoreFate) => void;
  /** Another process with its own faults, over the same files. */
  readonly process: () => MemoryStore;
}

const pageSize = 50;

export function memoryStore(files = new Map<string, Uint8Array>(), times = new Map<string, number>()): MemoryStore {
  const requests: StoreRequest[] = [];
  let fate: (request: StoreRequest) => StoreFate = () => 'done';

  const reader: LakeReader = {
    list: async function* (folder, signal, namesBegin = '') {
      assertLakePath(folder);
      const prefix = `${folder}/${namesBegin}`;
      const found = [...files.keys()].filter((path) => path.startsWith(prefix)).sort();
      for (let at = 0; at === 0 || at < found.length; at += pageSize)
        yield await asked({ kind: 'list', path: folder }, signal, () => found.slice(at, at + pageSize).map(fileOf));
    },
    folders: async (folder, signal) =>
      await asked({ kind: 'folders', path: folder }, signal, () => {
        const prefix = folder === '' ? '' : `${folder}/`;
        const below = [...files.keys()]
          .filter((path) => path.startsWith(prefix))
          .map((path) => path.slice(prefix.length));
        return [...new Set(below.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? ''))].sort();
      }),
    files: async (folder, signal) =>
      await asked({ kind: 'files', path: folder }, signal, () => {
        const prefix = folder === '' ? '' : `${folder}/`;
        const here = [...files.keys()].filter(
          (path) => /^[^/]+$/.test(path.slice(prefix.length)) && path.startsWith(prefix),
        );
        return here.sort().map(fileOf);
      }),
    read: async (path, signal, range) => {
      assertLakePath(path);
      return await asked({ kind: 'read', path }, signal, () => {
        const content = files.get(path);
        return content && Uint8Array.from(range === undefined ? content : content.subarray(range.start, range.end));
      });
    },
  };
  const writer: LakeWriter = {
    create: async (path, content, _contentType, signal) => {
      assertLakePath(path);
      return await asked({ kind: 'create', path }, signal, () => {
        if (files.has(path)) return 'exists';
        put(path, content);
        return 'created';
      });
    },
    check: async () => undefined,
  };
  const replacer: LakeReplacer = {
    replace: async (path, content, _contentType, signal) =>
      await asked({ kind: 'replace', path }, signal, () => put(path, content)),
  };
  const remover: LakeRemover = {
    remove: async (path, signal) => await asked({ kind: 'remove', path }, signal, () => void files.delete(path)),
    removeEmptyFolder: async () => undefined,
  };
  return {
    reader,
    writer,
    replacer,
    remover,
    files,
    requests,
    fateOf: (next) => {
      fate = next;
    },
    process: () => memoryStore(files, times),
  };

  function put(path: string, content: Uint8Array): void {
    files.set(path, Uint8Array.from(content));
    times.set(path, Date.now());
  }

  function fileOf(path: string): LakeFile {
    return { path, bytes: files.get(path)?.length ?? 0, modifiedMs: times.get(path) ?? 0 };
  }

  /** Each request takes a turn of the event loop, so that processes alternate between requests. */
  async function asked<T>(request: StoreRequest, signal: AbortSignal, answer: () => T): Promise<T> {
    signal.throwIfAborted();
    const what = fate(request);
    requests.push(request);
    await new Promise((resolve) => setImmediate(resolve));
    if (what === 'fails') throw new Error('ECONNRESET: the store failed before the request was done');
    const result = answer();
    // The store's own client sent it again after a lost answer.
    if (what === 'done-twice') return answer();
    await new Promise((resolve) => setImmediate(resolve));
    if (what === 'done-but-fails') throw new Error('ECONNRESET: the answer was lost');
    return result;
  }
}
