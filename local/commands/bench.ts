// npm run bench: what was decided by measuring, measured again. Ratios, side by side in one run: absolute figures are the machine's.
import { buildBundle } from '../build.ts';
import { runCommand } from '../command.ts';
import { runStep } from '../run-step.ts';

const help = `npm run bench

Measures, interleaved on this machine:

  batches   what arrays and LAKE_FILES=batch save, in storage requests and CPU per event (docs/decisions/008)
  bodies    how large bodies should reach the functions (docs/decisions/003): buffered or streamed

Takes about two minutes.`;

await runCommand({
  help,
  run: async () => {
    await buildBundle();
    await runStep('batches', 'node', 'test/bench/batches.ts');
    await runStep('bodies', 'node', 'test/bench/bodies.ts');
  },
});
