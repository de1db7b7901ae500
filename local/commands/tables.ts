// npm run tables: shows how far the tables are, and works on them by hand.
import { type Command, stopSignal } from '../command.ts';
import { progress } from '../progress.ts';
import { runTables } from '../tables/run-tables.ts';

const help = `npm run tables [-- compact | prune | orphans] [--json]

Shows the table of each collection: rows, files, the newest event, and how far the table is behind the lake.

  -- compact [--from 2026-11-20T10] [--to 2026-11-20T12] [--collection shop.orders]
       Adds the new events of these hours to the tables now. Times are UTC. --to is not included. A day means its first
       hour. Without --from and --to it adds all. After Ctrl-C run it again: it continues. Ends with 0 if all is in the
       tables.
  -- prune [--older-than 30d] [--collection shop.orders] [--yes]
       Shows the event files with all their events in a Delta table. Removes them with --yes. Default: older than 30d
  -- orphans [--older-than 7d] [--collection shop.orders] [--yes]
       Shows the data files that no version of a Delta table uses. Removes them with --yes. A crash leaves such files.
       Default: older than 7d

  --json   prints one JSON object instead of text

  LAKE_URL, TABLES, TABLES_URL, STORAGE_ACCOUNT_KEY, …   the settings of the receiver; without LAKE_URL the lake of npm
                                                         start. TABLES=off counts as delta here.

Ends with 1 if it cannot read a table or a file, and names it. docs/tables.md has more.`;

export const command: Command = {
  help,
  options: ['from', 'to', 'collection', 'older-than'],
  flags: ['json', 'yes'],
  takesWords: true,
  run: async ({ from, to, collection, 'older-than': olderThan, json, yes }, { environment, write, words, stopped }) => {
    const signal = stopSignal(stopped);
    const options = { words, from, to, collection, olderThan, json: json !== undefined, yes: yes !== undefined };
    return await runTables(options, environment, { write, progress: progress(), signal });
  },
};
