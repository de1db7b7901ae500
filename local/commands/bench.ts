// npm run bench: measures the figures of docs/performance.md again. Ratios in one run count, because absolute figures
// depend on the machine.
import { buildBundle } from '../build.ts';
import { type Command, CommandError } from '../command.ts';
import { runStep } from '../run-step.ts';

const help = `npm run bench [-- [--quick] [--json] [--chart <file>]]
npm run bench -- --bodies
npm run bench -- --hub
npm run bench -- --load
npm run bench -- --verify [--documents <number>]
npm run bench -- --tables [--quick] [--only <part>] [--rounds <number>]

Compares the built receiver with the way of the reference solution and with a minimal program, over a storage on this
machine. Prints events per second, CPU, storage requests, memory, cold start and size, and the aims that are met. A
missed aim does not change the exit code. Takes about four minutes.

  --quick         fewer and shorter rounds: under a minute, and less exact
  --json          prints the whole result as one object on the last line
  --chart <file>  draws the chart of docs/performance.svg into a file
  --bodies        compares buffered and streamed bodies instead (docs/decisions/003-bodies-as-streams.md)
  --hub           compares 10,000 events from an event hub with 10,000 by HTTP, 100 at once: under a minute
  --load          compares npm run load with a bare loop over the same dump of 200,000 documents
  --verify        measures the peak memory of npm run verify, with a dump and a lake that it makes: two minutes
  --documents <n> with --verify: the documents of the dump. Default: 1000000. Ten million need 5 GB of the disk for
                  temporary files, and twenty minutes
  --tables        compares npm run tables -- compact with a bare loop over the same 100,000 events, as event files and
                  as batch files; then measures the memory of large documents, a million events of one second, and a
                  query
  --only <part>   with --tables: events, batches, documents, million or query
  --rounds <n>    with --tables: how often both sides run. Default: 3`;

const tableParts = ['events', 'batches', 'documents', 'million', 'query'];

export const command: Command = {
  help,
  options: ['chart', 'only', 'rounds', 'documents'],
  flags: ['quick', 'json', 'bodies', 'hub', 'load', 'verify', 'tables'],
  run: async ({ chart, quick, json, bodies, hub, load, verify, tables, only, rounds, documents }) => {
    if (tables === undefined && (only !== undefined || rounds !== undefined))
      throw new CommandError('Cannot measure: --only and --rounds must come with --tables: it is missing');
    if (rounds !== undefined && !/^[1-9]\d?$/.test(rounds))
      throw new CommandError(`Cannot measure: --rounds must be from 1 to 99: it is ${JSON.stringify(rounds)}`);
    if (verify === undefined && documents !== undefined)
      throw new CommandError('Cannot measure: --documents must come with --verify: it is missing');
    if (!/^[1-9]\d{0,8}$/.test(documents ?? '1'))
      throw new CommandError(
        `Cannot measure: --documents must be from 1 to 999999999: it is ${JSON.stringify(documents)}`,
      );
    if (load !== undefined) return await runStep('load', 'node', 'test/bench/dump.ts');
    if (verify !== undefined) return await runStep('verify', 'node', 'test/bench/verify.ts', documents ?? '1000000');
    const quickly = quick === undefined ? [] : ['--quick'];
    if (only !== undefined && !tableParts.includes(only))
      throw new CommandError(
        `Cannot measure: --only must be one of ${tableParts.join(', ')}: it is ${JSON.stringify(only)}`,
      );
    if (tables !== undefined) {
      const chosen = [
        only === undefined ? [] : `--only=${only}`,
        rounds === undefined ? [] : `--rounds=${rounds}`,
      ].flat();
      return await runStep('tables', 'node', 'test/bench/tables.ts', ...quickly, ...chosen);
    }
    await buildBundle();
    if (bodies !== undefined) return await runStep('bodies', 'node', 'test/bench/bodies.ts');
    if (hub !== undefined) return await runStep('hub', 'node', 'test/bench/hub.ts');
    const flags = [...quickly, ...(json === undefined ? [] : ['--json'])];
    await runStep('bench', 'node', 'test/bench/run.ts', ...flags, ...(chart === undefined ? [] : ['--chart', chart]));
  },
};
