// Medians with their spread, so that one slow moment of a shared machine does not decide.

export interface Spread {
  readonly median: number;
  /** The lowest and the highest of the rounds. */
  readonly low: number;
  readonly high: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: medianOf(values), low: quantile(values, 0), high: quantile(values, 1) };
}

/** The mean of the two in the middle if their number is even. The upper one alone would flatter a high figure. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [lower, upper] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return lower === undefined || upper === undefined ? Number.NaN : (lower + upper) / 2;
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
