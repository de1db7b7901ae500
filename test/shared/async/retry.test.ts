import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withRetries } from '../../../shared/async/retry.ts';
import { never } from '../../support/never.ts';

const always = (): boolean => true;

/** Fails a given number of times, and counts. */
function flaky(failures: number) {
  const attempt = async (): Promise<string> => {
    attempt.count += 1;
    if (attempt.count <= failures) throw new Error(`failure ${attempt.count}`);
    return 'done';
  };
  attempt.count = 0;
  return attempt;
}

describe('withRetries()', { concurrency: true }, () => {
  it('tries once if the first try succeeds', async () => {
    const attempt = flaky(0);

    const result = await withRetries(attempt, always, never);

    assert.equal(result, 'done');
    assert.equal(attempt.count, 1);
  });

  it('tries three times in all', async () => {
    const attempt = flaky(2);

    const result = await withRetries(attempt, always, never);

    assert.equal(result, 'done');
    assert.equal(attempt.count, 3);
  });

  it('throws the last failure after the third try', async () => {
    const attempt = flaky(4);

    const trying = withRetries(attempt, always, never);

    await assert.rejects(trying, { message: 'failure 3' });
    assert.equal(attempt.count, 3);
  });

  it('throws an error at once if a retry cannot help', async () => {
    const attempt = flaky(1);

    const trying = withRetries(attempt, () => false, never);

    await assert.rejects(trying, { message: 'failure 1' });
    assert.equal(attempt.count, 1);
  });

  it('throws the failure of an aborted try', async () => {
    const attempt = flaky(1);

    const trying = withRetries(attempt, always, AbortSignal.abort());

    await assert.rejects(trying, { message: 'failure 1' });
    assert.equal(attempt.count, 1);
  });

  it('ends its pause with the signal, and does not retry', async () => {
    const controller = new AbortController();
    const attempt = flaky(1);

    const trying = withRetries(attempt, always, controller.signal);
    setImmediate(() => controller.abort());

    await assert.rejects(trying, { name: 'AbortError' });
    assert.equal(attempt.count, 1);
  });
});
