import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CommandError } from './command.ts';
import { root } from './paths.ts';

const tools = {
  tsc: 'typescript/bin/tsc',
  biome: '@biomejs/biome/bin/biome',
};

/** Runs a development tool, or a script in Node. The person sees its output. */
export async function runStep(step: string, tool: keyof typeof tools | 'node', ...args: string[]): Promise<void> {
  const script = tool === 'node' ? [] : [join(root, 'node_modules', tools[tool])];
  const child = spawn(process.execPath, [...script, ...args], { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new CommandError(`Cannot continue: the step "${step}" must succeed: it failed, see above`);
}

/** Checks two sets of types: Node's, and the fewer ones of the Atlas runtime. */
export async function checkTypes(): Promise<void> {
  await runStep('types', 'tsc');
  await runStep('types of the Atlas functions', 'tsc', '--project', 'atlas-app/src');
}
