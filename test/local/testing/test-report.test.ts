import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Lane } from '../../../local/testing/lanes.ts';
import type { LaneResult } from '../../../local/testing/run-lane.ts';
import { shuffled } from '../../../local/testing/shuffled.ts';
import { lineOf, reportOf } from '../../../local/testing/test-report.ts';

const counts = { tests: 3, suites: 1, pass: 3, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
const well: readonly [Lane, LaneResult] = ['in process', { failures: [], counts, printed: ['noise'] }];

describe('reportOf()', () => {
  it("ends with the counts of all lanes, in the form of Node's runner", () => {
    assert.deepEqual(reportOf([well, well], 1_234.5), [
      '',
      'ℹ tests 6',
      'ℹ suites 2',
      'ℹ pass 6',
      'ℹ fail 0',
      'ℹ cancelled 0',
      'ℹ skipped 0',
      'ℹ todo 0',
      'ℹ duration_ms 1235',
    ]);
  });

  it('shows the failures right before the counts', () => {
    const failures = [{ name: 'breaks', where: 'test/a.test.ts:3:1', error: 'Error: it is broken\n    at a' }];
    const lines = reportOf([well, ['own process', { failures, counts: {}, printed: ['printed'] }]], 1);

    assert.deepEqual(lines.slice(0, 10), [
      '',
      'Printed last (own process):',
      'printed',
      '',
      '✖ failing tests:',
      '',
      'test at test/a.test.ts:3:1',
      '✖ breaks',
      '  Error: it is broken',
      '      at a',
    ]);
    assert(lines.includes('ℹ fail 1'));
  });
});

describe('lineOf()', () => {
  it('shows a failure at once, and passed tests only in a run of few files', () => {
    const passed = { kind: 'passed', name: 'passes', depth: 1 } as const;

    assert.equal(lineOf({ kind: 'failed', name: 'fails', where: 'a:1', error: 'x' }, false), '✖ fails  (a:1)');
    assert.equal(lineOf(passed, false), undefined);
    assert.equal(lineOf(passed, true), '  ✔ passes');
  });
});

describe('shuffled()', () => {
  const items = Array.from({ length: 50 }, (_, at) => `test/${10 + at}.test.ts`);

  it('has the same order for the same seed, and another order for another seed', () => {
    assert.deepEqual(shuffled(items, 7), shuffled(items, 7));
    assert.notDeepEqual(shuffled(items, 7), shuffled(items, 8));
    assert.notDeepEqual(shuffled(items, 7), items);
  });

  it('loses nothing', () => {
    assert.deepEqual(shuffled(items, 7).sort(), items);
  });
});
