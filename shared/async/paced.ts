// Runs long synchronous work in slices. Between two slices the event loop has its turn.

/** Short enough for a quick answer to a health check. */
const sliceMs = 8;

/** Runs the steps to their end. Throws the signal's reason between two slices once it ends. */
export async function paced<T>(steps: Iterator<void, T, void>, signal: AbortSignal): Promise<T> {
  // Many short works in a row are like a long one. So the first slice of each also waits when the current slice is used
  // up.
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
 * One slice for each turn of the event loop, however many works there are: else answers would wait for all of them. New
 * works and running works take turns. So a small event does not wait for all slices of a large one.
 */
function letOneOn(): void {
  const [first, second] = isBeginnersTurn ? [beginning, going] : [going, beginning];
  isBeginnersTurn = !isBeginnersTurn;
  (first.shift() ?? second.shift())?.();
  if (beginning.length + going.length > 0) setImmediate(letOneOn);
}
