// npm run verify: compares the lake with the documents of a dump, and repairs the difference.
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { describeFault } from '../../shared/lake/fault.ts';
import { type Command, CommandError } from '../command.ts';
import { progress } from '../progress.ts';
import { duckdbFault } from '../query/duckdb-fault.ts';
import { untilStopped } from '../until-stopped.ts';
import { runVerify } from '../verify/run-verify.ts';

const help = `npm run verify -- --namespace <database>.<collection> --file <dump> [--repair]

Compares the newest state of a collection in the lake with a dump. Reads tables and files together. Reports documents
that are missing in the lake, are only in the lake, or are different. docs/initial-load.md has more.

  npm run verify -- --namespace shop.orders --file dump/shop/orders.bson.gz
  npm run verify -- --namespace shop.orders --expect ids.json --json

  --namespace <db>.<coll>   the collection, such as shop.orders
  --file <dump>             a file of mongodump (.bson) or mongoexport (.json, .jsonl, .ndjson), with or without .gz;
                            can be repeated
  --expect <ids>            instead of --file: an array of _ids in Extended JSON, such as [1, {"$oid": "…"}].
                            Finds missing and extra documents, and compares no content
  --at <time>               the start time of the dump, such as 2026-11-20T10:00:00Z: leaves out documents that changed
                            since then. Default: compares all documents
  --shard-key <a>,<b>       the fields of a sharded collection's key, in order, such as region,customer.
                            Default: the collection is not sharded
  --json                    prints {"missing":n,"extra":n,"different":n,"sample":{…}} instead of text
  --repair                  shows what it would write, asks, and writes it: snapshot events and deletes. Their time
                            is the start of this command, or one second after the newest event that they correct
  --yes                     with --repair: does not ask

  LAKE_URL, TABLES_URL, DOCUMENT_FORMAT, REDACT, …   the settings of the receiver. Default: the lake of npm start

  Exit code: 0 when both are equal or repaired, 1 when they differ, 2 after an error, 130 after Ctrl-C.`;

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
    const [json, repair, yes] = ['json', 'repair', 'yes'].map((flag) => options[flag] !== undefined);
    const asked = {
      files: file,
      expect,
      namespace,
      at,
      shardKey,
      json: json === true,
      repair: repair === true,
      yes: yes === true,
    };
    return await untilStopped({ stopped, note }, async (signal) => {
      const ask = process.stdin.isTTY ? (question: string) => answerTo(question, signal) : undefined;
      try {
        const isEqual = await runVerify(asked, environment, { write, note, progress: progress(), signal, ask });
        return isEqual ? 0 : 1;
      } catch (error) {
        if (signal.aborted || error instanceof CommandError) throw error;
        const told = duckdbFault(error) ?? describeFault(error);
        throw new CommandError(`Cannot verify: the lake and the source must be readable: ${told}`, { cause: error });
      }
    });
  },
};

/** Ctrl-D is a no. Without an output, the terminal edits the line, and Ctrl-C is a signal. */
async function answerTo(question: string, signal: AbortSignal): Promise<boolean> {
  process.stderr.write(`${question} (y/N) `);
  for await (const line of createInterface({ input: process.stdin, signal })) return /^y(es)?$/i.test(line.trim());
  return false;
}
