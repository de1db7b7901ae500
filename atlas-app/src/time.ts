// Waiting, but never for ever.

/** The documentation of Atlas names the module of Node's timers. Everybody uses the globals. */
function startTimer(callback: () => void, ms: number): unknown {
  return typeof setTimeout === 'function' ? setTimeout(callback, ms) : require('timers').setTimeout(callback, ms);
}

function stopTimer(timer: unknown): void {
  if (typeof clearTimeout === 'function') clearTimeout(timer);
  else if (typeof setTimeout !== 'function') require('timers').clearTimeout(timer);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    startTimer(resolve, ms);
  });
}

/** Undefined when it takes longer. The work itself goes on. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: unknown;
  const timeout = new Promise<undefined>((resolve) => {
    timer = startTimer(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    stopTimer(timer);
  }
}
