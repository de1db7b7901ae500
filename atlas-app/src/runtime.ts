// What the Atlas runtime gives: values of the app, collections and timers.

/** A value of the app as text. Empty when it is missing. */
export function settingOf(name: string): string {
  const value = context.values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** Requests and database operations. Atlas ends an invocation at 1,000. */
export const operations = { spent: 0 };

/** What a scheduled function has used. The runtime may use a script again, so operations count from here. */
export interface Budget {
  readonly began: number;
  readonly spentBefore: number;
}

/** No page or batch begins later, because the next invocation begins a minute after this one. */
const workMs = 45000;
/** The difference to 1,000 is for the operations of the last page or batch. */
const mostOperations = 900;

export function beginBudget(): Budget {
  return { began: Date.now(), spentBefore: operations.spent };
}

/** True if a page or batch may begin after this pause. */
export function isTimeLeft({ began, spentBefore }: Budget, pauseMs: number = 0, share: number = 1): boolean {
  const isTime = Date.now() + pauseMs - began < workMs * share;
  return isTime && operations.spent - spentBefore < mostOperations * share;
}

export function collectionOf(database: string, name: string): AtlasCollection {
  operations.spent += 1;
  const service = context.services.get(settingOf('lakeDataSource') || 'mongodb-atlas');
  if (service === undefined || service === null)
    throw new Error('Cannot reach the outbox: the value lakeDataSource must name a data source of this app');
  return service.db(database).collection(name);
}

/** Everyone uses the global timers, but the documentation of Atlas names only the module. So both work here. */
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

/** Undefined if it takes longer. The work itself continues. */
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
