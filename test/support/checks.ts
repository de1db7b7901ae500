// Makes the doctor's checks in this process.
import assert from 'node:assert/strict';
import type { Check, Checking } from '../../local/doctor/check.ts';

export async function checksOf(checking: Checking<unknown>): Promise<Check[]> {
  const checks: Check[] = [];
  for await (const check of checking) checks.push(check);
  return checks;
}

/** The only one of that name. */
export function named(checks: readonly Check[], name: string): Check {
  const found = checks.filter((check) => check.name === name);
  const [check] = found;
  assert(
    check !== undefined && found.length === 1,
    `${found.length} checks are named ${name}: ${JSON.stringify(checks)}`,
  );
  return check;
}

export function outcomesOf(checks: readonly Check[]): Readonly<Record<string, string>> {
  return Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
}

/** The members of every failure. */
export function assertFailed({ outcome, told, fix = '' }: Check, says: RegExp, mendedBy: RegExp): void {
  assert.equal(outcome, 'failed', told);
  assert.match(told, says);
  assert.match(fix, mendedBy);
}
