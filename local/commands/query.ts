// npm run query: runs SQL over the lake and its tables, with DuckDB.
import { type Command, CommandError } from '../command.ts';
import { hourOption } from '../hour-option.ts';
import { progress } from '../progress.ts';
import { copyLimitOption, flattenOption, readCount, sampleOption } from '../query/read-options.ts';
import { runQuery } from '../query/run-query.ts';
import { untilStopped } from '../until-stopped.ts';

const help = `npm run query [-- "<SQL>"] [--json | --csv]

Runs SQL, with DuckDB, over the lake and its Delta tables. Each collection has three views, in a schema named as its
database:

  <collection>_latest     the newest state of each document, a typed column for each field
  <collection>_history    every version of each document, with _valid_from and _valid_to
  <collection>_changes    every change event

  npm run query                                              shows the collections
  npm run query -- "SELECT * FROM movies_latest"             works if only one database has this collection
  npm run query -- "SELECT * FROM shop.orders_history WHERE _valid_from <= '2026-11-20 12:00' AND
                    (_valid_to > '2026-11-20 12:00' OR _valid_to IS NULL)"

  --json, --csv           prints every row; without them, a table of at most 1,000 rows
  --from, --to <time>     only the events of these days or hours (UTC, without --to itself): 2026-11-20 or 2026-11-20T10
  --sample <documents>    the types of columns come from this number of documents. Default: 2000
  --flatten <levels>      2 adds a column for each field of an object, such as address_city. Default: 1
  --columns <file>        takes names and types of a collection's columns from a file of npm run views -- --infer;
                          can be repeated, once for each collection
  --copy-limit <MB>       copies at most this much of a collection in Azure. Default: 2000

  Exit code: 0, 1 after an error, 130 after Ctrl-C.

  LAKE_URL, TABLES_URL, STORAGE_ACCOUNT_KEY, …   the settings of the receiver; without LAKE_URL the lake of npm start`;

export const command: Command = {
  help,
  options: ['from', 'to', 'sample', 'flatten', 'copy-limit'],
  flags: ['json', 'csv'],
  lists: ['columns'],
  takesWords: true,
  run: async (given, { environment, write, note, stopped, words, lists: { columns = [] } }) => {
    const [sql] = words;
    if (words.length > 1)
      throw new CommandError(`Cannot query: the SQL must be one argument, in quotes: there are ${words.length}`);
    if (given['json'] !== undefined && given['csv'] !== undefined)
      throw new CommandError('Cannot query: the output must be --json or --csv: both are given');
    const options = {
      sql,
      form:
        given['json'] !== undefined
          ? ('json' as const)
          : given['csv'] !== undefined
            ? ('csv' as const)
            : ('table' as const),
      hours: { from: hourIn(given, 'from'), to: hourIn(given, 'to') },
      sample: readCount(given, sampleOption, 'query'),
      levels: readCount(given, flattenOption, 'query'),
      columnsFiles: columns,
      maxCopiedBytes: readCount(given, copyLimitOption, 'query') * 1_000_000,
    };
    const width = process.stdout.isTTY ? process.stdout.columns : undefined;
    return await untilStopped({ stopped, note }, async (signal) => {
      await runQuery(options, environment, { write, note, width, progress: progress(), signal });
      return 0;
    });
  },
};

function hourIn(given: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const text = given[name];
  return text === undefined ? undefined : hourOption('query', `--${name}`, text);
}
