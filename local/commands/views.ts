// npm run views: typed views of a collection, in the SQL of an engine.
import { type Command, CommandError } from '../command.ts';
import { progress } from '../progress.ts';
import { copyLimitOption, flattenOption, readCount, sampleOption } from '../query/read-options.ts';
import { runViews } from '../query/run-views.ts';
import { untilStopped } from '../until-stopped.ts';

const help = `npm run views -- --engine <engine> --collection <database>.<collection> [--out <file>]

Writes SQL that makes three views of a collection: its changes, its latest state, and its history. A field is a typed
column. Read the SQL before you run it. docs/read-the-lake.md says where to run it.

  npm run views -- --engine synapse --collection shop.orders --out orders.sql

  --engine <engine>          duckdb, synapse, synapse-dedicated, fabric, spark, snowflake or redshift
  --collection <db>.<coll>   a collection of the lake, such as shop.orders
  --out <file>               writes to a file, such as orders.sql. Default: the terminal
  --sample <documents>       the types of columns come from this number of documents. Default: 2000
  --flatten <levels>         2 adds a column for each field of an object, such as address_city. Default: 1
  --infer                    writes no SQL, but the names and types of the columns as JSON. You can change them by hand
  --columns <file>           takes names and types from such a file. Default: from the documents
  --copy-limit <MB>          copies at most this much of a collection in Azure. Default: 2000

  Exit code: 0, 1 after an error, 130 after Ctrl-C.

  LAKE_URL, TABLES_URL, STORAGE_ACCOUNT_KEY, …   the settings of the receiver; without LAKE_URL the lake of npm start`;

export const command: Command = {
  help,
  options: ['engine', 'collection', 'out', 'sample', 'flatten', 'columns', 'copy-limit'],
  flags: ['infer'],
  run: async (given, { environment, write, note, stopped }) => {
    const { engine, collection, out, columns: columnsFile, infer } = given;
    const isInferring = infer !== undefined;
    if (isInferring && columnsFile !== undefined)
      throw new CommandError('Cannot write views: --infer must be given without --columns: both are given');
    const options = {
      engine,
      collection,
      isInferring,
      columnsFile,
      out,
      sample: readCount(given, sampleOption, 'write views'),
      levels: readCount(given, flattenOption, 'write views'),
      maxCopiedBytes: readCount(given, copyLimitOption, 'write views') * 1_000_000,
    };
    return await untilStopped({ stopped, note }, async (signal) => {
      await runViews(options, environment, { write, note, progress: progress(), signal });
      return 0;
    });
  },
};
