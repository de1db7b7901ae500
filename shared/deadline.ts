// A point in time after which work is broken off. The storage SDK's own `tryTimeoutInMs` is none: a hung socket hangs for ever.

export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/** Ends after `ms`, or with `parent`. Disposing takes the timer away: thousands of requests a second must not leave theirs. */
export function deadlineIn(ms: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  const expire = (): void =>
    controller.abort(new DOMException(`Cannot finish in time: ${ms} ms are over`, 'TimeoutError'));
  const timer = setTimeout(expire, ms);
  const follow = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  else parent?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      parent?.removeEventListener('abort', follow);
    },
  };
}
