// Shows how far loads are, until all of them have ended.
import type { Progress } from '../progress.ts';
import { isUnderWay, lineOf } from './load-lines.ts';
import type { LoadState } from './loads-in-atlas.ts';

/**
 * Ctrl-C ends only the command. The loads continue in Atlas. `waited` then resolves to false. Returns the last look.
 */
export async function watchLoads(
  look: () => Promise<readonly LoadState[]>,
  bar: Progress,
  waited: () => Promise<boolean>,
): Promise<readonly LoadState[]> {
  try {
    for (;;) {
      const loads = await look();
      const active = loads.filter(isUnderWay);
      if (active.length === 0) return loads;
      const [done, total] = [sum(active, ({ documents }) => documents), sum(active, ({ estimated = 0 }) => estimated)];
      bar.update(done, total, active.map((load) => lineOf(load).trim()).join('; '));
      if (!(await waited())) return loads;
    }
  } finally {
    bar.end();
  }
}

function sum(loads: readonly LoadState[], of: (load: LoadState) => number): number {
  return loads.reduce((total, load) => total + of(load), 0);
}
