import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byteGate } from '../../../shared/event-hub/byte-gate.ts';
import { never } from '../../support/never.ts';

describe('byteGate()', () => {
  it('lets messages in while they fit, and the others in order when there is room', async () => {
    const gate = byteGate(10);
    const entered: string[] = [];
    const first = await gate.enter(6, never);
    const second = gate.enter(5, never).then(() => entered.push('second'));
    const third = gate.enter(1, never).then(() => entered.push('third'));

    await turn();
    assert.deepEqual(entered, []);
    first[Symbol.dispose]();
    await Promise.all([second, third]);

    assert.deepEqual(entered, ['second', 'third']);
  });

  it('lets a message in alone if it exceeds the limit', async () => {
    const gate = byteGate(10);
    const large = await gate.enter(100, never);
    let isIn = false;
    const small = gate.enter(1, never).then(() => {
      isIn = true;
      return isIn;
    });

    await turn();
    assert.equal(isIn, false);
    large[Symbol.dispose]();

    assert.equal(await small, true);
  });

  it('removes only the waiting caller that gives up', async () => {
    const gate = byteGate(10);
    const first = await gate.enter(10, never);
    const impatient = new AbortController();
    const given = gate.enter(10, impatient.signal);
    const patient = gate.enter(10, never);

    impatient.abort(new Error('no time'));
    await assert.rejects(given, /no time/);
    first[Symbol.dispose]();
    (await patient)[Symbol.dispose]();

    await assert.rejects(gate.enter(1, impatient.signal), /no time/);
    assert.ok(await gate.enter(10, never));
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
