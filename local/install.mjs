// Installs what the lockfile says, once, and finishes what an earlier try left. Plain JavaScript for Node 20: nothing is
// installed yet when this starts.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const isWindows = process.platform === 'win32';

/** `npm ci` takes away what is there first, so an install that was broken off leaves no marker, and starts anew. */
export async function install(root) {
  const marker = join(root, 'node_modules', '.installed');
  const wanted = whatIsWanted(root);
  const isInstalled = () => existsSync(marker) && readFileSync(marker, 'utf8') === wanted;
  if (isInstalled()) return;

  const lock = await takeLock(join(root, '.installing'));
  if (!isInstalled()) {
    await runNpm(root, lock);
    linkPinnedNode(root);
    writeFileSync(marker, wanted);
  }
  lock.release();
}

/** Where the binary that the lockfile pins is, if npm has one for this platform. */
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

async function runNpm(root, lock) {
  console.error('Installing dependencies, once (about a minute) …');
  // Without install scripts: nothing that is downloaded runs before it is checked against the lockfile.
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: isWindows,
  });
  // npm outlives this process if that is killed: whoever comes next has to wait for it too.
  lock.holdFor(npm.pid);
  let isStopped = false;
  // npm would go on for long. What it leaves is taken away by the next install.
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
  if (code === 0) return;
  console.error(
    isStopped
      ? 'Stopped the install: the next command starts it anew'
      : 'Cannot install dependencies: "npm ci" must succeed: see its message above',
  );
  process.exit(isStopped ? 130 : 1);
}

/** Two commands started at once on a fresh clone must not install over each other: the second one waits. */
async function takeLock(path) {
  const own = `${path}.${process.pid}`;
  const release = () => {
    rmSync(path, { force: true });
    // From now on it may be another command's.
    process.off('exit', release);
  };
  const holdFor = (...pids) => {
    writeFileSync(own, [process.pid, ...pids].join(' '));
    renameSync(own, path);
  };
  writeFileSync(own, String(process.pid));
  for (let announced = false; !tryLink(own, path); announced = true) {
    if (!holdersOf(path).some(isRunning)) {
      takeAway(path, `${own}.stale`);
      continue;
    }
    if (!announced) console.error('Waiting for another command that is installing …');
    await pause(300);
  }
  rmSync(own);
  process.on('exit', release);
  return { release, holdFor };
}

/** Another one may have taken the lock since it was looked at: then it is put back. */
function takeAway(path, aside) {
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (holdersOf(aside).some(isRunning)) tryLink(aside, path);
  rmSync(aside);
}

/** Linking makes the lock with its holder's name in it, in one step. */
function tryLink(own, path) {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function holdersOf(path) {
  try {
    return readFileSync(path, 'utf8').split(' ').map(Number);
  } catch {
    // Given back in this moment.
    return [];
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return pid > 0;
  } catch {
    return false;
  }
}

/** What the install script of the `node` package would do, with the binary that the lockfile pins. */
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
