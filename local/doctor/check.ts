// The result of one check, and the fix.

export type Outcome = 'ok' | 'failed' | 'leftOut';

export interface Check {
  readonly name: string;
  readonly outcome: Outcome;
  readonly told: string;
  /** A command to copy, or a setting to change. Present for each check that failed. */
  readonly fix?: string;
}

/** Yields checks one by one. Returns what later checks need. */
export type Checking<T = void> = AsyncGenerator<Check, T>;

export function ok(name: string, told: string): Check {
  return { name, outcome: 'ok', told };
}

export function failed(name: string, told: string, fix: string): Check {
  return { name, outcome: 'failed', told, fix };
}

/** A check that was not made: another one failed, an input is missing, or there is nothing to check. */
export function leftOut(name: string, told: string, fix?: string): Check {
  return { name, outcome: 'leftOut', told, ...(fix === undefined ? {} : { fix }) };
}

export function leftOutAfter(names: readonly string[], needed: string): Check[] {
  return names.map((name) => leftOut(name, `it needs the check "${needed}" to succeed`));
}
