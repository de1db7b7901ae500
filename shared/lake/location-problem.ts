// Shared by the readers of addresses: a problem with an address, and the decoding of its escapes.

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
    // decodeURIComponent throws only if a percent sign is not an escape.
    return undefined;
  }
}
