// npm run memory: whether the receiver keeps within the memory that its settings allow. Linux tells it of a process; others do not.
import { buildBundle } from '../build.ts';
import { type Command, CommandError } from '../command.ts';
import { runStep } from '../run-step.ts';

const help = `npm run memory [-- --hostile [--only <words>] [--small]]

Sends 16 requests at once, each with a document of 16 MB, then with gzip, then arrays that fill MAX_BODY_BYTES, to the built
functions over a storage that answers after 200 ms. Prints the most memory they ever held, how many requests were stored and
how many must be sent again. Ends with 1 if the memory exceeds 6 × MAX_BYTES_IN_FLIGHT + 120 MB.

  --hostile        sends instead one body of each family that is made to cost more than it is, in each format, with and without
                   redaction, beside events of 1 KB and health checks; ends with 1 where an aim of docs/reliability.md is missed
  --only <words>   only the families that have these words in their name
  --small          with MAX_BODY_BYTES and MAX_BYTES_IN_FLIGHT of 32 MB, as for instances of 512 MB

Linux only. Takes about two minutes; ten with --hostile.`;

export const command: Command = {
  help,
  options: ['only'],
  flags: ['hostile', 'small'],
  run: async ({ hostile, only = '', small }) => {
    if (process.platform !== 'linux')
      throw new CommandError(`Cannot measure memory: the system must be Linux: it is ${process.platform}`);
    await buildBundle();
    if (hostile === undefined) await runStep('memory', 'node', 'test/bench/memory.ts');
    else await runStep('hostile', 'node', 'test/bench/hostile.ts', only, small === undefined ? '' : 'small');
  },
};
