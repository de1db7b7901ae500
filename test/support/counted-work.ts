// Counts the work that a function does: how many times V8 enters each block of our code. The count is the same on every machine.
import { Session } from 'node:inspector';

// From the start of the process: V8 counts the blocks only of functions that it compiles from then on.
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

export function countedWork(work: () => void): number {
  takenBlocks();
  work();
  return takenBlocks();
}

/** Each look sets the counts back to zero. */
function takenBlocks(): number {
  let blocks = 0;
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    if (error !== null) throw error;
    for (const { functions } of result.filter(({ url }) => url.includes('/shared/')))
      for (const { ranges } of functions) for (const { count } of ranges) blocks += count;
  });
  return blocks;
}
