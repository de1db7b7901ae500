// Long work, as a generator that stops now and then. At each stop its runner checks the clock and other work.

export type Steps<T> = Generator<void, T, void>;

/** The number of values between two stops: a millisecond or a few. */
export const valuesPerStep = 1024;

export function allAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
