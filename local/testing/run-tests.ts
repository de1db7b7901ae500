// Runs test files in two lanes, side by side. One lane keeps a core busy, and the other one waits often.
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
  const { shared, isolated } = lanesOf(root, files);
  const passed = new Map<Lane, number>();
  const bar = progress();
  const lane = async (name: Lane, laneFiles: readonly string[]): Promise<[Lane, LaneResult][]> => {
    if (laneFiles.length === 0) return [];
    return [
      [name, await runLane({ lane: name, files: laneFiles, environment, onEvent: (event) => show(name, event) })],
    ];
  };
  const results = await Promise.all([lane('in process', shared), lane('processes and storage', isolated)]);
  bar.end();
  return results.flat();

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
