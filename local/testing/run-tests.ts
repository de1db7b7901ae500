// Runs test files in lanes, side by side. One lane keeps a core busy, and the others wait often.
import { root } from '../paths.ts';
import { progress } from '../progress.ts';
import type { LaneEvent } from './lane-reporter.ts';
import { type Lane, lanesOf } from './lanes.ts';
import { type LaneResult, runLane } from './run-lane.ts';
import { lineOf } from './test-report.ts';

export interface TestRun {
  readonly files: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly write: (line: string) => void;
  /** Names also each test that passes. */
  readonly isDetailed: boolean;
}

export async function runTests({ files, environment, write, isDetailed }: TestRun): Promise<[Lane, LaneResult][]> {
  const passed = new Map<Lane, number>();
  const bar = progress();
  const runs = [...lanesOf(root, files)].map(async ([lane, ofLane]): Promise<[Lane, LaneResult]> => {
    return [lane, await runLane({ lane, files: ofLane, environment, onEvent: (event) => show(lane, event) })];
  });
  const results = await Promise.all(runs);
  bar.end();
  return results;

  function show(name: Lane, event: LaneEvent): void {
    const line = lineOf(event, isDetailed);
    if (line !== undefined) {
      bar.end();
      write(line);
    }
    if (event.kind !== 'passed') return;
    passed.set(name, (passed.get(name) ?? 0) + 1);
    bar.update(0, 0, [...passed].map(([one, count]) => `${one}: ${count} passed`).join(' · '));
  }
}
