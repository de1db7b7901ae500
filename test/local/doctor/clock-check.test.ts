import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkClock } from '../../../local/doctor/clock-check.ts';
import { assertFailed } from '../../support/checks.ts';

const sentMs = Date.parse('2026-11-20T10:15:30.400Z');
const answeredMs = sentMs + 500;

function checkOf(seconds: number) {
  return checkClock('clock', 'the receiver', {
    date: new Date(sentMs + seconds * 1000).toUTCString(),
    sentMs,
    answeredMs,
  });
}

describe('checkClock()', () => {
  for (const seconds of [-60, -1, 0, 1, 60])
    it(`accepts a server that is ${seconds} s ahead`, () => {
      assert.equal(checkOf(seconds).outcome, 'ok');
    });

  for (const [seconds, says] of [
    [-299, /^clocks must differ by at most 60 s.*: this machine is 298 s ahead of the receiver$/],
    [-62, /ahead of the receiver/],
    [62, /behind the receiver/],
    [86_400, /: this machine is 86399 s behind the receiver$/],
  ] as const)
    it(`refuses a server that is ${seconds} s ahead`, () => {
      assertFailed(checkOf(seconds), says, /^sudo timedatectl set-ntp true/);
    });

  it('does not count the duration of the answer', () => {
    const slow = { date: new Date(sentMs).toUTCString(), sentMs, answeredMs: sentMs + 45_000 };

    assert.equal(checkClock('clock', 'the receiver', slow).outcome, 'ok');
  });

  for (const date of [undefined, null, '', 'soon'])
    it(`is left out if the Date is ${date}`, () => {
      assert.equal(checkClock('clock', 'the receiver', { date, sentMs, answeredMs }).outcome, 'leftOut');
    });
});
