import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { command } from '../../local/commands/fuzz.ts';
import { performed } from '../support/commands.ts';

describe('npm run fuzz', () => {
  const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['--minutes', 'ten'], /^Cannot fuzz: --minutes must be a whole number from 0 to 10000: it is "ten"$/m],
    [['--seed', '-1'], /--seed/],
    [['--only', 'nowhere'], /^Cannot fuzz: --only must be words in the path of a random test/],
  ];
  for (const [args, says] of wrong)
    it(`refuses ${args.join(' ')}, and runs nothing`, async () => {
      const { code, output, printed } = await performed(command, {}, ...args);

      assert.deepEqual([code, printed], [1, '']);
      assert.match(output, says);
    });
});
