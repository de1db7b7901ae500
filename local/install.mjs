// Installs the packages of the lockfile, once. Repeats an install that was interrupted. Plain JavaScript for Node 20:
// nothing is installed yet when this starts.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { alone } from './install-lock.mjs';

const isWindows = process.platform === 'win32';

/**
 * `npm ci` first removes node_modules with the marker in it. So an interrupted install leaves no marker, and runs
 * again.
 */
export async function install(root) {
  const marker = join(root, 'node_modules', '.installed');
  const wanted = whatIsWanted(root);
  const isInstalled = () => existsSync(marker) && readFileSync(marker, 'utf8') === wanted;
  if (isInstalled()) return;

  const code = await alone(join(root, '.installing'), async (lock) => {
    if (isInstalled()) return 0;
    const npmCode = await runNpm(root, lock);
    if (npmCode !== 0) return npmCode;
    linkPinnedNode(root);
    writeFileSync(marker, wanted);
    return 0;
  });
  if (code !== 0) process.exit(code);
}

/** Returns the path of the pinned Node, if npm has one for this platform. */
export function pinnedNode(root) {
  const binary = join(root, 'node_modules', platformPackage(), 'bin', isWindows ? 'node.exe' : 'node');
  return existsSync(binary) ? binary : undefined;
}

export function platformPackage() {
  return `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
}

function whatIsWanted(root) {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lockfile).digest('hex')} ${process.platform} ${process.arch}`;
}

/** Returns the exit code of this command: 0 when all is installed. */
async function runNpm(root, lock) {
  console.error('Installing dependencies, once (about a minute) …');
  // Without install scripts, no downloaded code runs before it is checked against the lockfile.
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: isWindows,
  });
  // npm continues when this process is killed. The next command must wait for npm too.
  lock.holdFor(npm.pid);
  let isStopped = false;
  // npm would need long to stop. The next install removes what it leaves.
  const stop = () => {
    isStopped = true;
    npm.kill('SIGKILL');
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const code = await new Promise((resolve) => {
    npm.once('exit', resolve).once('error', ({ message }) => {
      console.error(message);
      resolve(1);
    });
  });
  process.off('SIGINT', stop).off('SIGTERM', stop);
  if (code === 0) return 0;
  console.error(
    isStopped
      ? 'Stopped the install: the next command starts it again'
      : 'Cannot install dependencies: "npm ci" must succeed: see its message above',
  );
  return isStopped ? 130 : 1;
}

/** Does the work of the `node` package's install script, with the pinned binary. */
function linkPinnedNode(root) {
  const binary = pinnedNode(root);
  if (binary === undefined) return;
  const link = join(root, 'node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  try {
    linkSync(binary, link);
  } catch {
    copyFileSync(binary, link);
  }
}
