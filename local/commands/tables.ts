// npm run tables: how far the tables are, and what a person does to them by hand.
import type { Command } from '../command.ts';
import { progress } from '../progress.ts';
import { runTables } from '../tables/run-tables.ts';

const help = `npm run tables [-- compact | prune | orphans] [--json]

Shows how far the table of each collection is: rows, files, newest event, and how far that is behind the lake.

  -- compact [--from 2026-11-20T10] [--to 2026-11-20T12] [--collection shop.orders]
       Adds the new events of these hours to the tables, now. UTC; --to is not included; a day alone is its first hour; without
       --from or --to there is no limit. After Ctrl-C run it again: it continues. Ends with 0 when all is in the tables.
  -- prune [--older-than 30d] [--collection shop.orders] [--yes]
       Shows the event files with all their events in a Delta table, and removes them with --yes.
  -- orphans [--older-than 7d] [--collection shop.orders] [--yes]
       Shows the data files that no version of a Delta table refers to, and removes them with --yes. Crashes leave them.

  --json   prints one JSON object instead of text

  LAKE_URL, TABLES, TABLES_URL, STORAGE_ACCOUNT_KEY, …   the settings of the receiver; without LAKE_URL the lake of npm start.
                                                         TABLES=off counts as delta here.

Ends with 1 when it cannot read a table or a file, and names it. docs/tables.md has more.`;

export const command: Command = {
  help,
  options: ['from', 'to', 'collection', 'older-than'],
  flags: ['json', 'yes'],
  takesWords: true,
  run: async ({ from, to, collection, 'older-than': olderThan, json, yes }, { environment, write, words, stopped }) => {
    const stop = new AbortController();
    void stopped().then(() => stop.abort());
    const options = { words, from, to, collection, olderThan, json: json !== undefined, yes: yes !== undefined };
    return await runTables(options, environment, { write, progress: progress(), signal: stop.signal });
  },
};
