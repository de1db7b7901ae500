// What one check found, and what to do about it.

export type Outcome = 'ok' | 'failed' | 'leftOut';

export interface Check {
  readonly name: string;
  readonly outcome: Outcome;
  readonly told: string;
  /** A command to copy or a setting to change; there for each check that failed. */
  readonly fix?: string;
}

/** Checks as they are made; in the end, what those that follow need of them. */
export type Checking<T = void> = AsyncGenerator<Check, T>;

export function ok(name: string, told: string): Check {
  return { name, outcome: 'ok', told };
}

export function failed(name: string, told: string, fix: string): Check {
  return { name, outcome: 'failed', told, fix };
}

/** Not made: because another one failed, because nobody gave what it needs, or because there is nothing to ask. */
export function leftOut(name: string, told: string, fix?: string): Check {
  return { name, outcome: 'leftOut', told, ...(fix === undefined ? {} : { fix }) };
}

export function leftOutAfter(names: readonly string[], needed: string): Check[] {
  return names.map((name) => leftOut(name, `it needs the check "${needed}" to succeed`));
}
