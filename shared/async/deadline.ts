// A deadline that ends work. The `tryTimeoutInMs` of the storage SDK does not end it: a socket can hang for ever.

export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Ends after `ms`, or with `parent`. Disposing removes the timer: thousands of requests a second must not leave timers.
 */
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

/** Returns the result of the work, or throws after `ms` or with `parent`. The work gets a signal to stop. */
export async function within<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  parent?: AbortSignal,
): Promise<T> {
  using deadline = deadlineIn(ms, parent);
  return await endingWith(deadline.signal, work(deadline.signal));
}

/**
 * Returns the result of the work, or throws the reason of the signal. For work that can ignore it, such as a hung disk.
 */
export async function endingWith<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(signal.reason);
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([ended, work]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
