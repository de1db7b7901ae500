// Long synchronous work beside other work: it is cut into slices, and between two of them the event loop has its turn.

/** Short enough that a health check behind it is answered at once. */
const sliceMs = 8;

/** Runs the steps to their end. Throws the signal's reason between two slices once it ends. */
export async function paced<T>(steps: Iterator<void, T, void>, signal: AbortSignal): Promise<T> {
  // Many short works in a row are as long as one: the first slice of each waits too once the current one is used up.
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
 * One slice for each turn of the event loop, however many works there are: else answers would wait for all of them. Works that begin
 * and works that go on take turns, so that a small event is not behind the many slices of a large one.
 */
function letOneOn(): void {
  const [first, second] = isBeginnersTurn ? [beginning, going] : [going, beginning];
  isBeginnersTurn = !isBeginnersTurn;
  (first.shift() ?? second.shift())?.();
  if (beginning.length + going.length > 0) setImmediate(letOneOn);
}
