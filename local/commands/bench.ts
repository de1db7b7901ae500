// npm run bench: what was decided by measuring, measured again. Ratios, side by side in one run: absolute figures are the machine's.
import { buildBundle } from '../build.ts';
import { runCommand } from '../command.ts';
import { runStep } from '../run-step.ts';

const help = `npm run bench

Measures, interleaved on this machine, how large bodies should reach the functions (docs/decisions/003): buffered or streamed.
Takes about a minute.`;

await runCommand({
  help,
  run: async () => {
    await buildBundle();
    await runStep('bodies', 'node', 'test/bench/bodies.ts');
  },
});
