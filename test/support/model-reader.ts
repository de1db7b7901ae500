// A reader of the lake that opens each file when it appears. The file must be complete, and must never change.
import { type FSWatcher, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileAt, type LakeFile } from './model-lake.ts';

export interface EagerReader {
  /** Reads a file, and later every new file of its folder. */
  readonly read: (path: string) => LakeFile;
  readonly problems: readonly string[];
  readonly close: () => void;
}

export function eagerReader(lake: string): EagerReader {
  const watchers = new Map<string, FSWatcher>();
  const texts = new Map<string, string>();
  const problems: string[] = [];

  function read(path: string): LakeFile {
    const file = fileAt(lake, path);
    if (!file.text.endsWith('\n')) problems.push(`there, but not whole: ${path}`);
    if (file.text !== (texts.get(path) ?? file.text)) problems.push(`rewritten: ${path}`);
    texts.set(path, texts.get(path) ?? file.text);
    const folder = dirname(path);
    if (!watchers.has(folder))
      watchers.set(
        folder,
        watch(join(lake, folder), { persistent: false }, (_, name) => {
          if (name !== null) read(`${folder}/${name}`);
        }),
      );
    return file;
  }

  return {
    read,
    problems,
    close: () => {
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
