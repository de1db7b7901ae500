// The report of the checks, for a person or a program.
import { printable } from '../printable.ts';
import type { Check, Outcome } from './check.ts';

const words: Readonly<Record<Outcome, string>> = { ok: 'ok', failed: 'FAILED', leftOut: 'left out' };
const nameWidth = 26;

export function lineOf({ name, outcome, told, fix }: Check): string {
  const line = `${words[outcome].padEnd(9)} ${name.padEnd(nameWidth)} ${plain(told)}`;
  return fix === undefined ? line : `${line}\n${indented(fix)}`;
}

export function summaryOf(checks: readonly Check[]): string {
  const count = (outcome: Outcome): number => checks.filter((check) => check.outcome === outcome).length;
  const others = count('leftOut') === 0 ? '' : `, ${count('leftOut')} left out`;
  if (count('failed') > 0) return `${count('failed')} of ${checks.length} checks failed${others}`;
  return `No check failed: ${count('ok')} ok${others}`;
}

export function jsonOf(checks: readonly Check[]): string {
  return JSON.stringify({ ok: isWell(checks), checks }, undefined, 2);
}

export function isWell(checks: readonly Check[]): boolean {
  return checks.every(({ outcome }) => outcome !== 'failed');
}

function indented(fix: string): string {
  const lines = fix.split('\n').map(plain);
  return lines.map((line, index) => `${' '.repeat(10)}${index === 0 ? 'fix: ' : '     '}${line}`).join('\n');
}

/** Removes control characters: a server's text must not rewrite the terminal. */
function plain(text: string): string {
  return printable(text.replaceAll(/\p{Cc}+/gu, ' '));
}
