// Shows how far loads are, until all of them have ended.
import { CommandError } from '../command.ts';
import type { Progress } from '../progress.ts';
import { isUnderWay, lineOf } from './load-lines.ts';
import type { LoadState } from './loads-in-atlas.ts';

export interface Watching {
  readonly look: () => Promise<readonly LoadState[]>;
  readonly bar: Progress;
  /** Ends when it is time for the next look. */
  readonly pause: () => Promise<unknown>;
  /** Resolves at Ctrl-C. It ends only the command. */
  readonly stopped: Promise<unknown>;
}

/** A network or Atlas can fail for a moment, and a load can take hours. */
const mostFailures = 6;

/** Returns the last look. Undefined if somebody has stopped the command. */
export async function watchLoads(watching: Watching): Promise<readonly LoadState[] | undefined> {
  const { look, bar, pause } = watching;
  const stopping = watching.stopped.then((): undefined => undefined);
  let loads = await Promise.race([look(), stopping]);
  let failures = 0;
  try {
    while (loads?.some(isUnderWay)) {
      show(loads, bar);
      try {
        loads = await Promise.race([pause().then(look), stopping]);
        failures = 0;
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        failures++;
        if (failures === mostFailures)
          throw new CommandError(
            `${error.message}\nThe loads continue in Atlas: npm run atlas:load -- --watch shows them again`,
          );
        bar.update(0, 0, `${error.message} (the command tries again)`);
      }
    }
    return loads;
  } finally {
    bar.end();
  }
}

function show(loads: readonly LoadState[], bar: Progress): void {
  const active = loads.filter(isUnderWay);
  const done = sum(active, ({ documents }) => documents);
  const total = sum(active, ({ estimated = 0 }) => estimated);
  bar.update(done, total, active.map((load) => lineOf(load).trim()).join('; '));
}

function sum(loads: readonly LoadState[], of: (load: LoadState) => number): number {
  return loads.reduce((total, load) => total + of(load), 0);
}
