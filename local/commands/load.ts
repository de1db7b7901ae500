// npm run load: puts the documents of a dump into the lake as snapshot events, directly or through a receiver.
import { type Command, stopSignal } from '../command.ts';
import { runLoad } from '../load/run-load.ts';
import { progress } from '../progress.ts';

const help = `npm run load -- --file <dump> --namespace <database>.<collection> --at <time> [--url <address>]

Makes a snapshot event of each document of a dump. "Latest" and "history" then show the documents that were there before the
trigger. To complete an interrupted load, run the same command again. It stores nothing twice. docs/initial-load.md has more.

  --file <dump>              a file of mongodump (.bson) or mongoexport (.json, .jsonl, .ndjson), with .gz or without;
                             may be given several times
  --namespace <db>.<coll>    the collection of the dump
  --at <time>                the start of the dump, such as 2026-11-20T10:00:00Z; the trigger must be on before
  --shard-key <a>,<b>        the fields of a sharded collection's key, in order
  --url <address>            posts to a receiver (https://<app>.azurewebsites.net/api/change-events) instead of writing to LAKE_URL

  LAKE_URL, DOCUMENT_FORMAT, REDACT, …   the settings of the receiver; without LAKE_URL the lake of npm start
  RECEIVER_KEY, SIGNING_SECRETS          with --url: the function key, and the secret that signs

Ends with 0 when every document is in the lake, else with 1.`;

export const command: Command = {
  help,
  options: ['namespace', 'at', 'shard-key', 'url'],
  lists: ['file'],
  run: async ({ namespace, at, 'shard-key': shardKey, url }, { environment, write, lists: { file = [] }, stopped }) => {
    const signal = stopSignal(stopped);
    const options = { files: file, namespace, at, shardKey, url };
    return (await runLoad(options, environment, { write, progress: progress(), signal })) ? 0 : 1;
  },
};
