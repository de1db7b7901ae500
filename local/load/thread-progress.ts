// Reports the progress of the thread that reads, ten times a second. A message for each piece and each batch would take
// a thirtieth of the time of a load.
import type { LoadCounts, LoadWatcher } from './load-dump.ts';
import type { FromReader } from './thread-messages.ts';

const progressMs = 100;

export interface ThreadProgress extends Pick<LoadWatcher, 'onRead' | 'onLoaded'> {
  /** Reports what is not reported yet. */
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
