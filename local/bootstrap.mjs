// Runs a command of local/commands/ on a machine that has only some Node and npm. Installs the packages, then hands
// over to Node 24, the version that Azure runs. Plain JavaScript for Node 20.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { install, pinnedNode, platformPackage } from './install.mjs';
import { onceOrphaned } from './orphan.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = '', ...args] = process.argv.slice(2);
const script = join(root, 'local', 'run.ts');
/** Compiled code is kept for the next start, and for threads. A start takes a third of the CPU time less. */
const compiled = join(root, 'node_modules', '.cache', 'compiled');

assertRunnable();
await install(root);
const node = pinnedNode(root);
if (node === undefined || process.version === `v${pinnedVersion()}`) await runHere();
else runWith(node);

/**
 * Checks before the install that a Node can run the commands. Without a pinned binary for the platform, the machine's
 * own Node must run TypeScript.
 */
function assertRunnable() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18) || hasPinnedNode()) return;
  const platform = `${process.platform}-${process.arch}`;
  console.error(`Cannot run on ${platform}: Node must be 22.18 or later there: this is ${process.version}`);
  process.exit(1);
}

function hasPinnedNode() {
  return Object.hasOwn(manifest().optionalDependencies, platformPackage());
}

function pinnedVersion() {
  return manifest().devDependencies.node;
}

function manifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

async function runHere() {
  module.enableCompileCache?.(compiled);
  process.env.NODE_COMPILE_CACHE ??= compiled;
  onceOrphaned(() => process.kill(process.pid, 'SIGTERM'));
  process.argv.splice(1, 1, script);
  await import(pathToFileURL(script).href);
}

function runWith(binary) {
  const PATH = `${dirname(binary)}${delimiter}${process.env.PATH}`;
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env, PATH };
  // The channel closes when this process ends, for any reason. Then the command ends too.
  const child = spawn(binary, ['--disable-warning=ExperimentalWarning', script, command, ...args], {
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // A terminal sends Ctrl-C to both processes. This one only waits for the command.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  onceOrphaned(() => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
