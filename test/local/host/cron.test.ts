import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCron } from '../../../local/host/cron.ts';

/** The next moment of a schedule after Friday, 20 November 2026, 10:15:30 UTC, and the two after it. */
const nextOf: Record<string, readonly string[]> = {
  '* * * * * *': ['2026-11-20T10:15:31', '2026-11-20T10:15:32', '2026-11-20T10:15:33'],
  '0 5 * * * *': ['2026-11-20T11:05:00', '2026-11-20T12:05:00', '2026-11-20T13:05:00'],
  '0 */30 * * * *': ['2026-11-20T10:30:00', '2026-11-20T11:00:00', '2026-11-20T11:30:00'],
  '30 15 10 * * *': ['2026-11-21T10:15:30', '2026-11-22T10:15:30', '2026-11-23T10:15:30'],
  '0 0 9-10 * * MON-FRI': ['2026-11-23T09:00:00', '2026-11-23T10:00:00', '2026-11-24T09:00:00'],
  '0 0 0 1 1,7 *': ['2027-01-01T00:00:00', '2027-07-01T00:00:00', '2028-01-01T00:00:00'],
  '0 0 0 29 Feb *': ['2028-02-29T00:00:00', '2032-02-29T00:00:00', '2036-02-29T00:00:00'],
  '10/20 0 0 * * 0': ['2026-11-22T00:00:10', '2026-11-22T00:00:30', '2026-11-22T00:00:50'],
  '0 0 0 13 * 5': ['2027-08-13T00:00:00', '2028-10-13T00:00:00', '2029-04-13T00:00:00'],
};

describe('readCron()', () => {
  for (const [text, moments] of Object.entries(nextOf)) {
    it(`reads ${text}`, () => {
      const schedule = readCron(text);

      let after: Date | undefined = new Date('2026-11-20T10:15:30.400Z');
      const found = moments.map(() => {
        after = after && schedule(after);
        return after?.toISOString().slice(0, 19);
      });

      assert.deepEqual(found, moments);
    });
  }

  it('returns undefined for a schedule without any moment', () => {
    assert.equal(readCron('0 0 0 30 2 *')(new Date('2026-11-20T10:15:30Z')), undefined);
  });

  for (const [text, reason] of [
    ['0 5 * * *', 'it must have 6 fields, seconds first: it has 5'],
    ['', 'it must have 6 fields, seconds first: it has 0'],
    ['60 * * * * *', 'the second must be from 0 to 59: it is "60"'],
    ['0 0 0 * Sun *', 'the month must be from 1 to 12: it is "Sun"'],
    ['0 */0 * * * *', 'the minute must be from 0 to 59: it is "*/0"'],
    ['0 0 5-3 * * *', 'the hour must be from 0 to 23: it is "5-3"'],
    ['0 0 0 0 * *', 'the day must be from 1 to 31: it is "0"'],
    ['0 0 0 * * 7', 'the day of week must be from 0 to 6: it is "7"'],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => readCron(text), { message: `Cannot read schedule "${text}": ${reason}` });
    });
  }
});
