// Builds the Atlas functions as plain scripts: no modules, no types, nothing to install. The comments stay, because
// people read and paste the scripts in the Atlas UI.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Plugin, rollup } from 'rollup';
import { root } from './paths.ts';

const sources = join(root, 'atlas-app/src');
export const atlasFunctionsFolder = join(root, 'atlas-app/functions');

const entries = {
  forwardChangeEvent: 'forward-change-event.ts',
  bufferChangeEvent: 'buffer-change-event.ts',
  drainOutbox: 'drain-outbox.ts',
  loadCollection: 'load-collection.ts',
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
  const script = [head, ...(await modulesOf(name, entry))].join('\n\n');
  return await formatted(script);
}

/** The entry comes first, as people read. Functions may be called above their definition. */
async function modulesOf(name: string, entry: string): Promise<string[]> {
  const bundle = await rollup({
    input: join(sources, entry),
    plugins: [withoutTypes],
    // The modules only define things. The entry assigns to `exports`.
    treeshake: { moduleSideEffects: (id) => id.endsWith(`/${entry}`) || id.endsWith(`\\${entry}`) },
    onwarn: ({ message }) => {
      throw new Error(`Cannot build ${name}: ${message}`);
    },
  });
  const { output } = await bundle.generate({ format: 'es' });
  await bundle.close();
  const modules = Object.values(output[0].modules).flatMap(({ code }) => (code === null || code === '' ? [] : [code]));
  const renamed = /\b\w+\$\d+\b/.exec(modules.join('\n'))?.[0];
  if (renamed !== undefined)
    throw new Error(`Cannot build ${name}: names must differ in all of atlas-app/src: rollup made "${renamed}"`);
  // A runtime may read a script again in the same scope, where `const` must not be declared twice.
  return modules.toReversed().map((code) => code.replace(/^(?:const|let) /gm, 'var ').trim());
}

const withoutTypes: Plugin = {
  name: 'without-types',
  transform: (code) => ({ code: commentsBehindImports(stripTypeScriptTypes(withoutCommentsOnTypes(code))), map: null }),
};

function withoutCommentsOnTypes(code: string): string {
  return code.replace(/^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n(?=(?:export )?(?:interface|type) )/gm, '');
}

/** Rollup drops an import together with the comment before it. But the first comment says what a module does. */
function commentsBehindImports(code: string): string {
  return code.replace(/^((?:\/\/.*\n)+)((?:import [^;]*;\n|\s*\n)+)/, '$2\n$1');
}

async function formatted(script: string): Promise<string> {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const run = promisify(execFile)(process.execPath, [biome, 'format', '--stdin-file-path=atlas-app/functions/any.js'], {
    cwd: root,
  });
  run.child.stdin?.end(script);
  return (await run).stdout;
}
