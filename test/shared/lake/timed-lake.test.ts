import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timedLake } from '../../../shared/lake/timed-lake.ts';

const content = new Uint8Array(1);
const { signal } = new AbortController();
const check = () => Promise.resolve();

describe('timedLake()', () => {
  it('tells nothing where nothing was written', () => {
    const { longestMs } = timedLake({ create: () => Promise.resolve('created'), check });

    assert.equal(longestMs(), null);
  });

  it('hands on what the lake says, and the time of the longest write', async (t) => {
    const clock = t.mock.method(performance, 'now', () => 0);
    const takes = (ms: number): void => clock.mock.mockImplementation(() => ms);
    const create = async (path: string) => {
      takes(Number(path));
      return 'exists' as const;
    };
    const { lake, longestMs } = timedLake({ create, check });

    const result = await lake.create('1200.4', content, signal);
    takes(2000);
    await lake.create('2300', content, signal);

    assert.equal(result, 'exists');
    assert.equal(longestMs(), 1200);
  });

  it('counts a write that fails', async (t) => {
    const clock = t.mock.method(performance, 'now', () => 0);
    const fail = (): Promise<never> => {
      clock.mock.mockImplementation(() => 700);
      return Promise.reject(new Error('Cannot reach the lake'));
    };
    const { lake, longestMs } = timedLake({ create: fail, check });

    await assert.rejects(lake.create('path', content, signal), /Cannot reach the lake/);

    assert.equal(longestMs(), 700);
  });

  it('counts a write that hangs, when it is asked', async (t) => {
    const clock = t.mock.method(performance, 'now', () => 0);
    const { lake, longestMs } = timedLake({ create: () => new Promise(() => undefined), check });

    void lake.create('path', content, signal);
    clock.mock.mockImplementation(() => 10_000);

    assert.equal(longestMs(), 10_000);
  });
});
