// Counts the work that a function does: how many times V8 enters each block of our code. The count is the same on every machine.
import { Session } from 'node:inspector';

export function countedWork(work: () => void): number {
  const session = new Session();
  session.connect();
  try {
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    work();
    return countedBlocks(session);
  } finally {
    session.post('Profiler.stopPreciseCoverage');
    session.disconnect();
  }
}

function countedBlocks(session: Session): number {
  let blocks = 0;
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    if (error !== null) throw error;
    for (const { functions } of result.filter(({ url }) => url.includes('/shared/')))
      for (const { ranges } of functions) for (const { count } of ranges) blocks += count;
  });
  return blocks;
}
