import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progress } from '../../local/progress.ts';

describe('progress()', () => {
  it('shows a bar on one line of a terminal, at most ten times a second, and removes it', () => {
    const { output, clock, now } = recorded(true);
    const shown = progress(output, now);

    shown.update(0, 200, 'none');
    clock.ms += 50;
    shown.update(50, 200, 'too early');
    clock.ms += 60;
    shown.update(100, 200, 'half of them');
    shown.end();

    assert.deepEqual(output.texts, [
      '\r\u001b[K░░░░░░░░░░░░░░░░░░░░░░░░ 0 %  none',
      '\r\u001b[K████████████░░░░░░░░░░░░ 50 %  half of them',
      '\r\u001b[K',
    ]);
  });

  it('never fills more than one line of a terminal', () => {
    const { output, now } = recorded(true, 30);

    progress(output, now).update(1, 1, 'x'.repeat(100));

    assert.equal(output.texts[0]?.slice('\r\u001b[K'.length).length, 29);
  });

  it('prints whole lines elsewhere, one in ten seconds', () => {
    const { output, clock, now } = recorded(false);
    const shown = progress(output, now);

    shown.update(1, 0, 'one');
    clock.ms += 10_000;
    shown.update(2, 0, 'two');
    shown.end();

    assert.deepEqual(output.texts, ['two\n']);
  });
});

function recorded(isTTY: boolean, columns = 80) {
  const clock = { ms: 1_000_000 };
  const texts: string[] = [];
  const output = { isTTY, columns, texts, write: (text: string) => texts.push(text) };
  return { output, clock, now: () => clock.ms };
}
