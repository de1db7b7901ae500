// Wrong options. Each message says what is wrong and what must hold.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deployedLoads } from '../../support/deployed-loads.ts';

describe('npm run atlas:load, before any request', () => {
  for (const [args, message] of [
    [['--start', 'orders'], '--start must be <database>.<collection>, '],
    [['--pause', 'a.b', '--resume', 'a.b'], 'only one of --pause, --resume must be given: there are 2'],
    [['--start', 'a.b', '--rate', 'fast'], '--rate must be a number above 0: it is "fast"'],
    [['--start', 'a.b', '--rate', '0'], '--rate must be a number above 0: it is "0"'],
    [['--pause', 'a.b', '--rate', '5'], '--rate must come with --start, --resume or --restart: they are missing'],
    [['--rate', '5'], '--rate must come with --start, --resume or --restart: they are missing'],
    [
      ['--start', 'a.b', '--shard-key', 'a,,b'],
      '--shard-key must be field names with commas between, such as region,customer: it is "a,,b"',
    ],
    [['--resume', 'a.b', '--shard-key', 'x'], '--shard-key must come with --start or --restart: both are missing'],
  ] as const)
    it(`refuses ${args.join(' ')}`, async (t) => {
      const { api, load } = await deployedLoads(t);
      const before = api.requests.length;

      const { code, output } = await load(...args);

      assert.equal(code, 1);
      assert(output.startsWith(`Cannot load: ${message}`), output);
      assert.equal(api.requests.length, before);
    });

  it('names every problem at once', async (t) => {
    const { load } = await deployedLoads(t);

    const { output } = await load('--start', 'orders', '--rate', 'fast');

    assert.deepEqual(output.match(/^Cannot load: --\w+/gm), ['Cannot load: --rate', 'Cannot load: --start']);
  });
});
