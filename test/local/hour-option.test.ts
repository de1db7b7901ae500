import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hourOption } from '../../local/hour-option.ts';

describe('hourOption()', () => {
  for (const [text, hour] of [
    ['2026-11-20', '2026-11-20T00'],
    ['2026-11-20T10', '2026-11-20T10'],
    ['2026-11-20T10:00Z', '2026-11-20T10'],
    ['2026-11-20T10:00:00.000Z', '2026-11-20T10'],
  ] as const)
    it(`reads ${text}`, () => {
      assert.equal(hourOption('compact', '--from', text), hour);
    });

  for (const text of ['', 'May', '2026-02-30', '2026-11-20T24', '2026-11-20T10:30', '2026-11-20T10+01:00'])
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => hourOption('compact', '--from', text), {
        name: 'CommandError',
        message: `Cannot compact: --from must be a day or an hour in UTC, such as 2026-11-20 or 2026-11-20T10: it is ${JSON.stringify(text)}`,
      });
    });
});
