// Decides which test files share one process. A file's own text decides, with the text of the test/ modules that it
// imports. Nobody keeps a list. A file that needs a process for another reason says so: "// Own process: <why>".
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Lane = 'in process' | 'processes and storage';

export interface Lanes {
  readonly shared: readonly string[];
  readonly isolated: readonly string[];
}

/** A file that does one of these needs its own process. */
const reasons: readonly (readonly [why: string, pattern: RegExp])[] = [
  ['starts processes', /from 'node:(child_process|worker_threads|cluster)'/],
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

export function lanesOf(root: string, files: readonly string[]): Lanes {
  const shared = files.filter((file) => reasonForIsolation(root, file) === undefined);
  return { shared, isolated: files.filter((file) => !shared.includes(file)) };
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
