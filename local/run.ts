// The entry of every command: node local/run.ts <name of a file in local/commands> [arguments].
import { loadBundledPackages } from './bundled-packages.ts';
import { endAtClosedPipe } from './closed-pipe.ts';
import { type Command, perform, type Surroundings } from './command.ts';

const terminal: Surroundings = {
  environment: process.env,
  write: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
  stopped: firstSignal,
};

for (const output of [process.stdout, process.stderr]) endAtClosedPipe(output, process.exit);

loadBundledPackages();
const [name = '', ...args] = process.argv.slice(2);
process.argv.splice(1, 2, name);
const { command }: { command?: Command } = await import(`./commands/${name}.ts`);
const code = command === undefined ? 0 : await perform(command, args, terminal);
// Ends the process after its output has arrived: pending work, such as on a dead disk, may never end.
process.stdout.write('', () => process.exit(code));

/** Resolves at Ctrl-C, SIGTERM, or the end of npm's own process. The second time, the command ends at once. */
function firstSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(130);
    isStopping = true;
    resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(signal, stop);
  return promise;
}
