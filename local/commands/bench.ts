// npm run bench: what speed and cost are claimed, measured again. Ratios, side by side in one run: absolute figures are the machine's.
import { buildBundle } from '../build.ts';
import { type Command, CommandError } from '../command.ts';
import { runStep } from '../run-step.ts';

const help = `npm run bench [-- [--quick] [--json] [--chart <file>]]
npm run bench -- --bodies
npm run bench -- --hub
npm run bench -- --load
npm run bench -- --tables [--quick] [--only <part>] [--rounds <number>]

Measures the built receiver beside the reference solution's way of writing and beside the least that a program can do, interleaved,
over a storage of its own on this machine: events per second, CPU, storage requests, memory, cold start, size. Says which aims are
met; one that is missed is no failure of the command. About four minutes.

  --quick         fewer and shorter rounds: under a minute, and rougher
  --json          the whole result as one object on the last line
  --chart <file>  draws docs/performance.svg again, or another file
  --bodies        compares buffered and streamed bodies instead (docs/decisions/003)
  --hub           10,000 events by an event hub beside as many by HTTP, 100 at once: under a minute
  --load          npm run load beside a bare loop over the same dump of 200,000 documents
  --tables        npm run tables -- compact beside a bare loop that reads the same 100,000 events, as event files and as batch files;
                  then the memory of large documents, a million events of one second, and a query over files and table
  --only <part>   with --tables: events, batches, documents, million or query
  --rounds <n>    with --tables: how often both sides run: 3`;

const tableParts = ['events', 'batches', 'documents', 'million', 'query'];

export const command: Command = {
  help,
  options: ['chart', 'only', 'rounds'],
  flags: ['quick', 'json', 'bodies', 'hub', 'load', 'tables'],
  run: async ({ chart, quick, json, bodies, hub, load, tables, only, rounds }) => {
    if (load !== undefined) return await runStep('load', 'node', 'test/bench/dump.ts');
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
