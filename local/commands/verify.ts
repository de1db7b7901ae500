// npm run verify: compares the lake with the documents of a dump, and repairs the difference.
import { createInterface } from 'node:readline/promises';
import { setFlagsFromString } from 'node:v8';
import { describeFault } from '../../shared/lake/fault.ts';
import { type Command, CommandError, stopSignal } from '../command.ts';
import { progress } from '../progress.ts';
import { runVerify } from '../verify/run-verify.ts';

const help = `npm run verify -- --namespace <database>.<collection> --file <dump> [--repair]

Compares the newest state of a collection in the lake, tables and files together, with a dump. Reports documents that are missing in
the lake, are only in the lake, or are different. docs/initial-load.md has more.

  --namespace <db>.<coll>    the collection
  --file <dump>              a file of mongodump (.bson) or mongoexport (.json), with .gz or without; may be repeated
  --expect <ids.json>        an array of _ids in Extended JSON instead: documents are not compared
  --at <time>                the start of the dump: documents that changed since then are left out
  --shard-key <a>,<b>        the fields of a sharded collection's key, in order
  --json                     {"missing":n,"extra":n,"different":n,"sample":{…}}
  --repair                   shows what it would write, asks, and writes it: snapshot events and deletes with the time of now
  --yes                      with --repair: does not ask

  LAKE_URL, TABLES_URL, DOCUMENT_FORMAT, REDACT, …   the settings of the receiver; without LAKE_URL the lake of npm start

Ends with 0 when both are equal, with 1 when they differ, with 2 when the comparison failed.`;

// Code 1 means that both differ. So every fault has another code, also an unknown option.
const faultCode = 2;

export const command: Command = {
  help,
  options: ['namespace', 'expect', 'at', 'shard-key'],
  flags: ['json', 'repair', 'yes'],
  lists: ['file'],
  faultCode,
  run: async (options, { environment, write, note, lists: { file = [] }, stopped }) => {
    // Otherwise the space for new objects grows to 160 MB while rows are read.
    setFlagsFromString('--semi-space-growth-factor=1');
    const { namespace, expect, at, 'shard-key': shardKey } = options;
    const signal = stopSignal(stopped);
    const [json, repair, yes] = ['json', 'repair', 'yes'].map((flag) => options[flag] !== undefined);
    try {
      const isEqual = await runVerify(
        {
          files: file,
          expect,
          namespace,
          at,
          shardKey,
          json: json === true,
          repair: repair === true,
          yes: yes === true,
        },
        environment,
        { write, note, progress: progress(), signal, ask: process.stdin.isTTY ? ask : undefined },
      );
      return isEqual ? 0 : 1;
    } catch (error) {
      note(
        error instanceof CommandError
          ? error.message
          : `Cannot verify: the lake and the source must be readable: ${describeFault(error)}`,
      );
      return faultCode;
    }
  },
};

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} (y/N) `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
