// Lets one command install at a time: two at once on a fresh clone would install over each other. The lock is a file with the ids
// of its processes, and is free when all of them have ended. Plain JavaScript for Node 20.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Waits until the lock is free. `holdFor` names processes that must end too before the lock is free. */
export async function takeLock(path) {
  const own = `${path}.${process.pid}`;
  const release = () => {
    rmSync(path, { force: true });
    // From now on the lock can belong to another command.
    process.off('exit', release);
  };
  const holdFor = (...pids) => {
    writeFileSync(own, [process.pid, ...pids].join(' '));
    renameSync(own, path);
  };
  writeFileSync(own, String(process.pid));
  for (let announced = false; !tryLink(own, path); announced = true) {
    if (!holdersOf(path).some(isRunning)) {
      removeStale(path, `${own}.stale`);
      continue;
    }
    if (!announced) console.error('Waiting for another command that is installing …');
    await pause(300);
  }
  rmSync(own);
  process.on('exit', release);
  return { release, holdFor };
}

/** Another command may have taken the lock after we read it. Then we put its lock back. */
function removeStale(path, aside) {
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (holdersOf(aside).some(isRunning)) tryLink(aside, path);
  rmSync(aside);
}

/** A link creates the lock and its content in one step. */
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
    // The lock was released at this moment.
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
