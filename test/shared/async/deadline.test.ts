import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { deadlineIn, endingWith } from '../../../shared/async/deadline.ts';

describe('deadlineIn()', () => {
  it('ends when its time is over, and not before', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });

    using deadline = deadlineIn(10_000);

    t.mock.timers.tick(9_999);
    assert.equal(deadline.signal.aborted, false);
    t.mock.timers.tick(1);
    assert.equal(deadline.signal.aborted, true);
    assert.equal(deadline.signal.reason.name, 'TimeoutError');
    assert.equal(deadline.signal.reason.message, 'Cannot finish in time: 10000 ms are over');
  });

  it('ends with its parent, for the same reason', () => {
    const parent = new AbortController();
    using deadline = deadlineIn(10_000, parent.signal);

    parent.abort(new Error('the request is over'));

    assert.equal(deadline.signal.reason, parent.signal.reason);
  });

  it('is over at once if its parent is over', () => {
    const parent = AbortSignal.abort(new Error('long over'));

    using deadline = deadlineIn(10_000, parent);

    assert.equal(deadline.signal.reason, parent.reason);
  });

  it('does not end its parent', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    using parent = deadlineIn(24_000);
    using _deadline = deadlineIn(10_000, parent.signal);

    t.mock.timers.tick(10_000);

    assert.equal(parent.signal.aborted, false);
  });

  it('leaves no timer and no listener when it is disposed of', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const parent = new AbortController();
    const deadline = deadlineIn(10_000, parent.signal);

    deadline[Symbol.dispose]();

    t.mock.timers.tick(10_000);
    assert.equal(deadline.signal.aborted, false);
    assert.deepEqual(getEventListeners(parent.signal, 'abort'), []);
  });
});

describe('endingWith()', () => {
  it('returns the result of work that ends in time, or throws its fault', async () => {
    const { signal } = new AbortController();

    assert.equal(await endingWith(signal, Promise.resolve(1)), 1);
    await assert.rejects(endingWith(signal, Promise.reject(new Error('broken'))), /broken/);
  });

  it('ends with the signal, even if the work never ends', async () => {
    const controller = new AbortController();
    const work = endingWith(controller.signal, new Promise(() => undefined));

    controller.abort(new Error('over'));

    await assert.rejects(work, /over/);
    await assert.rejects(endingWith(controller.signal, new Promise(() => undefined)), /over/);
  });
});
