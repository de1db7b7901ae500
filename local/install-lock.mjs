// Lets one command install at a time. The lock is a file with the ids of the command and of its npm. Plain JavaScript
// for Node 20.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Waits for the lock, works, and removes the lock. `holdFor` names a process that others must wait for too. */
export async function alone(path, work) {
  for (let announced = false; !take(path); announced = true) {
    if (!announced) console.error('Waiting for another command that is installing …');
    await pause(300);
  }
  try {
    return await work({ holdFor: (pid) => writeFileSync(path, `${process.pid} ${pid}`) });
  } finally {
    rmSync(path);
  }
}

function take(path) {
  if (existsStale(path)) rmSync(path, { force: true });
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** True if the processes of the lock were killed. A file that is still empty is about to be written. */
function existsStale(path) {
  try {
    const text = readFileSync(path, 'utf8');
    return text !== '' && !text.split(' ').map(Number).some(isRunning);
  } catch {
    return false;
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
