// Runs a command of local/commands/ on a machine that has nothing but some Node and npm: installs what is missing, then hands
// over to Node 24, the version that Azure runs. Plain JavaScript for Node 20: nothing is installed yet when this starts.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isWindows = process.platform === 'win32';
const marker = join(root, 'node_modules', '.installed');
const [command = '', ...args] = process.argv.slice(2);

install();
const script = join(root, 'local', 'commands', `${command}.ts`);
const node = pinnedNode();
if (process.version === `v${pinnedVersion()}` || node === undefined) await runHere();
else runWith(node);

/** `npm ci` takes away what is there first, so an install that was broken off leaves no marker, and starts anew. */
function install() {
  if (isInstalled()) return;
  const lock = takeInstallLock();
  try {
    if (!isInstalled()) installNow();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isInstalled() {
  return existsSync(marker) && readFileSync(marker, 'utf8') === whatIsWanted();
}

function whatIsWanted() {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lockfile).digest('hex')} ${process.platform} ${process.arch}`;
}

function installNow() {
  console.error('Installing dependencies, once (about a minute) …');
  // Without install scripts: nothing that is downloaded runs before it is checked against the lockfile.
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: isWindows,
  });
  if (npm.status !== 0) {
    console.error(
      'Cannot install dependencies: "npm ci" must succeed, and needs the npm registry: see its message above',
    );
    process.exit(1);
  }
  linkPinnedNode();
  writeFileSync(marker, whatIsWanted());
}

/** Two commands started at once on a fresh clone must not install over each other: the second one waits. */
function takeInstallLock() {
  const lock = join(root, '.installing');
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    for (let announced = false; !tryLink(own, lock); announced = true) {
      if (!isRunning(holderOf(lock))) {
        rmSync(lock, { force: true });
        continue;
      }
      if (!announced) console.error('Waiting for another command that is installing …');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  } finally {
    rmSync(own, { force: true });
  }
  process.once('exit', () => rmSync(lock, { force: true }));
  return lock;
}

/** Linking makes the lock with its holder's name in it, in one step. */
function tryLink(own, lock) {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    // Given back in this moment.
    return 0;
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
function linkPinnedNode() {
  const binary = pinnedNode();
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

function pinnedNode() {
  const folder = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  const binary = join(root, 'node_modules', folder, 'bin', isWindows ? 'node.exe' : 'node');
  return existsSync(binary) ? binary : undefined;
}

function pinnedVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.node;
}

/** Where no pinned binary exists for the platform, the machine's own Node serves if it is one that runs TypeScript. */
async function runHere() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 18)) {
    console.error(
      `Cannot run on ${process.platform}-${process.arch}: it needs Node ${pinnedVersion()}: this is ${process.version}`,
    );
    process.exit(1);
  }
  process.argv.splice(1, 2, script);
  await import(pathToFileURL(script).href);
}

function runWith(binary) {
  const env = { ...process.env, PATH: `${dirname(binary)}${isWindows ? ';' : ':'}${process.env.PATH}` };
  // The channel tells the command when this process is gone, however it went.
  const child = spawn(binary, [script, ...args], { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // A terminal sends Ctrl-C to both: here it is only waited for.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
