// Counts the work that a function does: how many times V8 enters each block of our code. The count is the same on every
// machine.
import { Session } from 'node:inspector';

// Starts with the process, because V8 counts only the blocks of functions that it compiles later.
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

export function countedWork(work: () => void): number {
  takenBlocks();
  work();
  return takenBlocks();
}

/** Taking the counts resets them. */
function takenBlocks(): number {
  let blocks = 0;
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    if (error !== null) throw error;
    for (const { functions } of result.filter(({ url }) => url.includes('/shared/')))
      for (const { ranges } of functions) for (const { count } of ranges) blocks += count;
  });
  return blocks;
}
