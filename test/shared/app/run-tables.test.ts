// The limits of a run of the timer, and its log line.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../../local/paths.ts';
import { budgetMs, graceMs, rangeOfRun, toTablesLine } from '../../../shared/app/run-tables.ts';

const minuteMs = 60_000;
const now = Date.UTC(2026, 10, 20, 10, 5, 30);

describe('a run of the timer', () => {
  it('has half of the time until the next run, at most 20 minutes', () => {
    assert.deepEqual(
      [60, 30, 5, 1].map((minutes) => budgetMs(minutes) / minuteMs),
      [20, 15, 2.5, 0.5],
    );
  });

  it('ends before the host ends the worker', () => {
    const { functionTimeout } = JSON.parse(readFileSync(join(root, 'host.json'), 'utf8'));
    const [hours = 0, minutes = 0, seconds = 0] = String(functionTimeout).split(':').map(Number);

    assert(budgetMs(60) + graceMs < ((hours * 60 + minutes) * 60 + seconds) * 1000, functionTimeout);
  });

  it('takes finished hours, and the current hour if it runs more often than hourly', () => {
    const hour = (hours: number): number => Date.UTC(2026, 10, 20, hours);

    assert.deepEqual(rangeOfRun(now, 60, 48), { fromMs: hour(10 - 48), toMs: hour(10) });
    assert.deepEqual(rangeOfRun(now, 5, 2), { fromMs: hour(8), toMs: hour(11) });
  });
});

describe('the log line of a run', () => {
  const report = {
    tables: 2,
    rows: 5,
    lateRows: 1,
    filesRead: 4,
    bytes: 900,
    conflicts: 3,
    left: 2,
    daysLeft: 1,
    oldestLeftMs: now - 90_000,
    broken: [],
    unreadable: [],
  };
  const figures = { requests: 17, seconds: 1.5, nowMs: now };

  it('has counts, and the age of the oldest event that is not in its table', () => {
    assert.deepEqual(JSON.parse(toTablesLine(report, figures)), {
      message: 'tables',
      tables: 2,
      rows: 5,
      lateRows: 1,
      filesRead: 4,
      bytes: 900,
      requests: 17,
      conflicts: 3,
      seconds: 1.5,
      left: 2,
      daysLeft: 1,
      oldestMissingSeconds: 90,
    });
  });

  it('names broken tables and the hours of unreadable files, and no path', () => {
    const orders = { db: 'shop', coll: 'a~20b' };
    const unreadable = [1, 2].map((file) => ({
      ...orders,
      path: `lake/key-${file}`,
      hour: '2026-11-20T10',
      reason: 'it cannot be read',
    }));

    const line = toTablesLine({ ...report, broken: [{ ...orders, reason: 'why' }], unreadable }, figures);

    assert.partialDeepStrictEqual(JSON.parse(line), {
      broken: [{ db: 'shop', coll: 'a b', reason: 'why' }],
      unreadable: 2,
      unreadableHours: ['shop.a b 2026-11-20T10'],
    });
    assert.doesNotMatch(line, /key-/);
  });
});
