// npm run bench:engines: compares our compaction and DuckDB with Spark, over the same events. The ratios in one run
// count.
import { type Command, CommandError } from '../command.ts';
import { setUpEnvironments } from '../engines/environments.ts';
import { runStep } from '../run-step.ts';

const help = `npm run bench:engines [-- --events <number>]

Compares npm run tables with compact.py on local Spark, over the same events, as event files and as batch files. Then it
runs three queries: with npm run query over files and table, and with Spark over the table. Prints seconds and ratios.
Needs Python 3.11 and Java 17. The first run downloads about 330 MB into .engines/. With 20000 events it took 15 minutes
on two busy cores.

  --events <number>   how many events of one kilobyte: whole thousands, such as 20000. Default: 100000`;

export const command: Command = {
  help,
  options: ['events'],
  run: async ({ events = '100000' }) => {
    if (!/^[1-9]\d{0,3}000$/.test(events))
      throw new CommandError(
        `Cannot measure: --events must be whole thousands, such as 20000: it is ${JSON.stringify(events)}`,
      );
    await setUpEnvironments(['spark']);
    await runStep('engines', 'node', '--disable-warning=ExperimentalWarning', 'test/bench/engines.ts', events);
  },
};
