import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timedWriter } from '../../../shared/lake/timed-writer.ts';

const content = new Uint8Array(1);
const { signal } = new AbortController();
const check = () => Promise.resolve();

describe('timedWriter()', () => {
  it('is null if nothing was written', () => {
    const { longestMs } = timedWriter({ create: () => Promise.resolve('created'), check });

    assert.equal(longestMs(), null);
  });

  it('returns the result of the lake, and the time of the longest write', async (t) => {
    const clock = t.mock.method(performance, 'now', () => 0);
    const takes = (ms: number): void => clock.mock.mockImplementation(() => ms);
    const create = async (path: string) => {
      takes(Number(path));
      return 'exists' as const;
    };
    const { writer, longestMs } = timedWriter({ create, check });

    const result = await writer.create('1200.4', content, 'application/json', signal);
    takes(2000);
    await writer.create('2300', content, 'application/json', signal);

    assert.equal(result, 'exists');
    assert.equal(longestMs(), 1200);
  });

  it('counts a write that fails', async (t) => {
    const clock = t.mock.method(performance, 'now', () => 0);
    const fail = (): Promise<never> => {
      clock.mock.mockImplementation(() => 700);
      return Promise.reject(new Error('Cannot reach the lake'));
    };
    const { writer, longestMs } = timedWriter({ create: fail, check });

    await assert.rejects(writer.create('path', content, 'application/json', signal), /Cannot reach the lake/);

    assert.equal(longestMs(), 700);
  });

  it('counts a write that still hangs', async (t) => {
    const clock = t.mock.method(performance, 'now', () => 0);
    const { writer, longestMs } = timedWriter({ create: () => new Promise(() => undefined), check });

    void writer.create('path', content, 'application/json', signal);
    clock.mock.mockImplementation(() => 10_000);

    assert.equal(longestMs(), 10_000);
  });
});
