// The report of a run, for a person and for a program that counts tests.
import type { LaneEvent } from './lane-reporter.ts';
import type { Lane } from './lanes.ts';
import type { LaneResult } from './run-lane.ts';

const counted = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo'];

/** Lists the failures, then the counts in the form of Node's own reporter. The last lines are the important ones. */
export function reportOf(results: readonly (readonly [Lane, LaneResult])[], durationMs: number): string[] {
  const failed = results.filter(([, { failures }]) => failures.length > 0);
  return [
    ...failed.flatMap(([lane, { printed }]) =>
      printed.length === 0 ? [] : ['', `Printed last (${lane}):`, ...printed],
    ),
    ...(failed.length === 0 ? [] : ['', '✖ failing tests:']),
    ...failed.flatMap(([, { failures }]) => failures.flatMap(linesOf)),
    '',
    ...counted.map((name) => `ℹ ${name} ${countOf(results, name)}`),
    `ℹ duration_ms ${Math.round(durationMs)}`,
  ];
}

function countOf(results: readonly (readonly [Lane, LaneResult])[], name: string): number {
  const total = results.reduce((sum, [, { counts }]) => sum + (counts[name] ?? 0), 0);
  if (name !== 'fail') return total;
  // The runner's own counts can lack a crash, or a file that does not load.
  return Math.max(
    total,
    results.reduce((sum, [, { failures }]) => sum + failures.length, 0),
  );
}

function linesOf({ name, where, error }: LaneResult['failures'][number]): string[] {
  return [
    '',
    ...(where === '' ? [] : [`test at ${where}`]),
    `✖ ${name}`,
    ...error.split('\n').map((line) => `  ${line}`),
  ];
}

/** Makes a line for each failure. With few files, makes a line for each test. */
export function lineOf(event: LaneEvent, isDetailed: boolean): string | undefined {
  if (event.kind === 'failed') return `✖ ${event.name}  (${event.where})`;
  return isDetailed && event.kind === 'passed' ? `${'  '.repeat(event.depth)}✔ ${event.name}` : undefined;
}
