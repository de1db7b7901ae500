// npm run memory: whether the receiver keeps within the memory that its settings allow. Linux tells it of a process; others do not.
import { buildBundle } from '../build.ts';
import { type Command, CommandError } from '../command.ts';
import { runStep } from '../run-step.ts';

const help = `npm run memory

Sends 16 requests at once, each with a document of 16 MB, then with gzip, then arrays that fill MAX_BODY_BYTES, to the built
functions over a storage that answers after 200 ms. Prints the most memory they ever held, how many requests were stored and
how many were asked to come again, and ends with 1 where the memory passes 6 × MAX_BYTES_IN_FLIGHT + 120 MB.

Linux only. Takes about two minutes.`;

export const command: Command = {
  help,
  run: async () => {
    if (process.platform !== 'linux')
      throw new CommandError(`Cannot measure memory: the system must be Linux: it is ${process.platform}`);
    await buildBundle();
    await runStep('memory', 'node', 'test/bench/memory.ts');
  },
};
