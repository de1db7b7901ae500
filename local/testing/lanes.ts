// Decides which test files share a process. A file's own text decides, with the text of the test/ modules that it
// imports. Nobody keeps a list. A file that needs its own process for another reason says so: "// Own process: <why>".
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The files of a lane share one process, and run one after the other. Only in the last lane each has its own. */
const laneNames = ['in process', 'in process too', 'with processes', 'with storage', 'own process'] as const;
export type Lane = (typeof laneNames)[number];

/** What all users of the one Azurite import. */
const storage = 'test/support/azurite.ts';
/** Such a file waits for its processes, so it has a lane beside those that compute. */
const startsProcesses = /from 'node:(child_process|worker_threads|cluster)'/;

/** A file that does one of these needs its own process. */
const reasons: readonly (readonly [why: string, pattern: RegExp])[] = [
  ['patches timers', /\bmock\.timers\b/],
  [
    'patches what all files use',
    /\bmock\.(method|getter|setter)\(\s*(performance|console|process|globalThis|Math|Date)\b/,
  ],
  [
    'patches globals',
    /\b(globalThis|process)(\.\w+|\[[^\]]+\])\s*=[^=]|\bObject\.(assign|defineProperty)\(\s*(globalThis|process)\b/,
  ],
  ['patches modules', /\bsyncBuiltinESMExports\b|\bmock\.module\(|\bObject\.assign\((dns|fs|http|https|net|timers)\b/],
  ['changes the environment', /\bprocess\.(env(\.\w+|\[[^\]]+\])\s*=[^=]|chdir\(|umask\()|\bdelete process\.env/],
  ['counts the work of its process', /from 'node:inspector'/],
  ['measures its process', /\bprocess\.(memoryUsage|resourceUsage|cpuUsage)\b/],
  ['asks for it', /^\/\/ Own process: /m],
];

/** Leaves out the lanes without files. */
export function lanesOf(root: string, files: readonly string[]): Map<Lane, readonly string[]> {
  // The files that only compute are the most. They also wait for the disk, so one lane of them would leave a core idle.
  let computing = 0;
  const lanes = Map.groupBy(files, (file) => {
    const lane = laneOf(root, file);
    return lane === 'in process' && computing++ % 2 === 1 ? 'in process too' : lane;
  });
  return new Map(laneNames.flatMap((lane) => (lanes.has(lane) ? [[lane, lanes.get(lane) ?? []]] : [])));
}

export function laneOf(root: string, file: string): Lane {
  if (reasonForIsolation(root, file) !== undefined) return 'own process';
  const sources = [...withImports(root, file)];
  if (sources.includes(storage)) return 'with storage';
  const isStarting = sources.some((source) => startsProcesses.test(readFileSync(join(root, source), 'utf8')));
  return isStarting ? 'with processes' : 'in process';
}

/** Several files share one Azurite. */
export function usesStorage(root: string, files: readonly string[]): boolean {
  return files.filter((file) => withImports(root, file).has(storage)).length > 1;
}

/** Returns why a file needs its own process. Undefined if it does not need one. */
export function reasonForIsolation(root: string, file: string): string | undefined {
  for (const source of withImports(root, file)) {
    const text = readFileSync(join(root, source), 'utf8');
    const found = reasons.find(([, pattern]) => pattern.test(text));
    if (found !== undefined) return source === file ? found[0] : `${source} ${found[0]}`;
  }
  return undefined;
}

/** Returns the file and every module of test/ that it imports, directly or not. */
export function withImports(root: string, file: string): Set<string> {
  const reached = new Set([file.replaceAll('\\', '/')]);
  for (const source of reached) {
    const text = readFileSync(join(root, source), 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:from|import\(?)\s*'(\.[^']+\.ts)'/g)) {
      const target = join(dirname(source), name).replaceAll('\\', '/');
      if (target.startsWith('test/') && existsSync(join(root, target))) reached.add(target);
    }
  }
  return reached;
}
