// The progress of the thread that reads, told now and then. A message for each piece and batch would take a twentieth
// of the time of a load.
import type { LoadCounts, LoadWatcher } from './load-dump.ts';
import type { FromReader } from './thread-messages.ts';

const progressMs = 100;

export interface ThreadProgress extends Pick<LoadWatcher, 'onRead' | 'onLoaded'> {
  /** Tells what is not told yet. */
  readonly flush: () => void;
}

export function threadProgress(post: (message: FromReader) => void): ThreadProgress {
  let bytes = 0;
  let counts: LoadCounts | undefined;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    post({ kind: 'progress', bytes, counts });
    bytes = 0;
    counts = undefined;
  }

  return {
    flush,
    onRead: (more) => {
      bytes += more;
      timer ??= setTimeout(flush, progressMs);
    },
    onLoaded: (now) => {
      counts = now;
      timer ??= setTimeout(flush, progressMs);
    },
  };
}
