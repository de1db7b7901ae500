// npm run memory: measures whether the receiver stays within the memory that its settings allow. Only Linux shows the
// peak memory of a process.
import { buildBundle } from '../build.ts';
import { type Command, CommandError } from '../command.ts';
import { runStep } from '../run-step.ts';

const help = `npm run memory [-- --hostile [--only <words>] [--small]]

Sends 16 requests at once to the built functions: with documents of 16 MB, then with gzip, then arrays that fill
MAX_BODY_BYTES. The storage answers after 200 ms. Prints the peak memory, how many requests were stored, and how many
must be sent again. Ends with 1 if the memory exceeds 6 × MAX_BYTES_IN_FLIGHT + 120 MB.

  --hostile        sends bodies that are made to cost much instead, in each format, with and without redaction, beside
                   events of 1 KB and health checks. Ends with 1 if an aim of docs/reliability.md is missed
  --only <words>   with --hostile: only the families with these words in their name
  --small          with --hostile: MAX_BODY_BYTES and MAX_BYTES_IN_FLIGHT are 32 MB, as for instances of 512 MB

Linux only. Takes about two minutes, or ten with --hostile.`;

export const command: Command = {
  help,
  options: ['only'],
  flags: ['hostile', 'small'],
  run: async ({ hostile, only = '', small }) => {
    if (hostile === undefined && (only !== '' || small !== undefined))
      throw new CommandError('Cannot measure memory: --only and --small must come with --hostile: it is missing');
    if (process.platform !== 'linux')
      throw new CommandError(`Cannot measure memory: the system must be Linux: it is ${process.platform}`);
    await buildBundle();
    if (hostile === undefined) await runStep('memory', 'node', 'test/bench/memory.ts');
    else await runStep('hostile', 'node', 'test/bench/hostile.ts', only, small === undefined ? '' : 'small');
  },
};
