// Work that can take long, as a generator that stops now and then: whoever runs it looks at the clock and at other work meanwhile.

export type Steps<T> = Generator<void, T, void>;

/** So many values between two stops: under a millisecond or a few. */
export const valuesPerStep = 1024;

export function allAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
