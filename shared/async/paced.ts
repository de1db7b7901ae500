// Runs long synchronous work in slices, so that the event loop can serve other requests between them.

/** Short enough for a quick answer to a health check. */
const sliceMs = 8;

/** Runs the steps to their end. Throws the signal's reason between two slices once it ends. */
export async function paced<T>(steps: Iterator<void, T, void>, signal: AbortSignal): Promise<T> {
  // Many short tasks in a row are like one long task. So the first slice of a task can also wait.
  if (isUsedUp()) await turn(beginning, signal);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (isUsedUp()) await turn(going, signal);
  }
}

type Waiting = (() => void)[];

const beginning: Waiting = [];
const going: Waiting = [];
let sliceBegan = 0;

function isUsedUp(): boolean {
  return performance.now() - sliceBegan >= sliceMs;
}

async function turn(waiting: Waiting, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (beginning.length + going.length === 0) setImmediate(letOneOn);
  waiting.push(resolve);
  await promise;
  signal.throwIfAborted();
  sliceBegan = performance.now();
}

let isBeginnersTurn = true;

/**
 * Lets one task run one slice for each turn of the event loop, so that answers never wait for all tasks. New and
 * running tasks alternate. So a small event does not wait for all slices of a large one.
 */
function letOneOn(): void {
  const [first, second] = isBeginnersTurn ? [beginning, going] : [going, beginning];
  isBeginnersTurn = !isBeginnersTurn;
  (first.shift() ?? second.shift())?.();
  if (beginning.length + going.length > 0) setImmediate(letOneOn);
}
