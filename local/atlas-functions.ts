// The Atlas functions as plain scripts: no modules, no types, nothing that has to be installed, and the comments still there,
// because people read them in the Atlas UI.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './paths.ts';

const sources = join(root, 'atlas-app/src');
export const atlasFunctionsFolder = join(root, 'atlas-app/functions');

const entries = {
  forwardChangeEvent: 'forward-change-event.ts',
  bufferChangeEvent: 'buffer-change-event.ts',
  drainOutbox: 'drain-outbox.ts',
  requeueRefused: 'requeue-refused.ts',
} as const;

export async function buildAtlasFunctions(): Promise<void> {
  for (const [name, script] of await atlasFunctions())
    await writeFile(join(atlasFunctionsFolder, `${name}.js`), script);
}

export async function atlasFunctions(): Promise<Map<string, string>> {
  const scripts = Object.entries(entries).map(
    async ([name, entry]): Promise<[string, string]> => [name, await scriptOf(name, entry)],
  );
  return new Map(await Promise.all(scripts));
}

async function scriptOf(name: string, entry: string): Promise<string> {
  const head = `// Atlas Lake Sync: ${name}\n// Built by "npm run build" from atlas-app/src/${entry} and what it imports: change it there.`;
  const modules = [...(await modulesFrom(entry)).values()].filter((code) => code !== '');
  const script = [head, ...modules].join('\n\n');
  assertNamesDiffer(script, name);
  return await formatted(script);
}

/** In reading order: the entry, then what it imports, each once. Functions may be called above where they stand. */
async function modulesFrom(file: string, read = new Map<string, string>()): Promise<Map<string, string>> {
  if (read.has(file)) return read;
  const code = stripTypeScriptTypes(await readFile(join(sources, file), 'utf8'));
  read.set(file, withoutModuleSyntax(code));
  for (const [, imported = ''] of code.matchAll(/^import \{[^}]*\} from '\.\/([a-z0-9-]+\.ts)';$/gm))
    await modulesFrom(imported, read);
  return read;
}

function withoutModuleSyntax(code: string): string {
  const script = code
    .replace(/^import \{[^}]*\} from '[^']+';$/gm, '')
    .replace(/^export /gm, '')
    // A runtime may read a script again in the same scope, where nothing else may be declared twice.
    .replace(/^(?:const|let) /gm, 'var ');
  return /^[^\s/]/m.test(script) ? script.trim() : '';
}

/** All modules of a script share one scope. */
function assertNamesDiffer(script: string, name: string): void {
  const names = [...script.matchAll(/^(?:async )?(?:function|var) (\w+)/gm)].map(([, declared = '']) => declared);
  const twice = names.find((declared, index) => names.indexOf(declared) !== index);
  if (twice !== undefined)
    throw new Error(`Cannot build ${name}: names must differ in all of atlas-app/src: "${twice}" is declared twice`);
}

async function formatted(script: string): Promise<string> {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const run = promisify(execFile)(process.execPath, [biome, 'format', '--stdin-file-path=atlas-app/functions/any.js'], {
    cwd: root,
  });
  run.child.stdin?.end(script);
  return (await run).stdout;
}
