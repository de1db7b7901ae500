// npm run bench:engines: our own compaction and DuckDB beside Spark, over the same events. A ratio in one run is what counts.
import { type Command, CommandError } from '../command.ts';
import { setUpEnvironments } from '../engines/environments.ts';
import { runStep } from '../run-step.ts';

const help = `npm run bench:engines [-- --events <number>]

Compares npm run tables with compact.py on local Spark, over the same events, as event files and as batch files. Then asks
the same three questions: of files and table by npm run query, and of the table by Spark. Prints seconds and ratios.
Needs Python 3.11 and Java 17; the first run downloads about 330 MB into .engines/. About ten minutes.

  --events <number>   how many events of one kilobyte, in thousands, such as 20000; without it 100000`;

export const command: Command = {
  help,
  options: ['events'],
  run: async ({ events = '100000' }) => {
    if (!/^[1-9]\d{0,3}000$/.test(events))
      throw new CommandError(`Cannot measure: --events must be whole thousands, such as 20000: it is "${events}"`);
    await setUpEnvironments(['spark']);
    await runStep('engines', 'node', '--disable-warning=ExperimentalWarning', 'test/bench/engines.ts', events);
  },
};
