// What every reader of a location shares: how it says that an address is none, and how it takes escapes out of one.

export interface LocationProblem {
  readonly kind: 'problem';
  readonly mustBe: string;
}

export function problem(mustBe: string): LocationProblem {
  return { kind: 'problem', mustBe };
}

export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that escapes nothing: the one thing that decodeURIComponent refuses.
    return undefined;
  }
}
