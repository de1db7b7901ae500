// npm run load: puts the documents of a dump into the lake as snapshot events, directly or through a receiver.
import type { Command } from '../command.ts';
import { runLoad } from '../load/run-load.ts';
import { progress } from '../progress.ts';
import { untilStopped } from '../until-stopped.ts';

const help = `npm run load -- --file <dump> --namespace <database>.<collection> --at <time> [--url <address>]

Loads a dump: makes a snapshot event of each document. Then latest and history also show the documents from before the
trigger. A repeated load of the same files stores nothing twice. To complete an interrupted load, run the same command
again. docs/initial-load.md has more.

  npm run load -- --file dump/shop/orders.bson.gz --namespace shop.orders --at 2026-11-20T10:00:00Z

  --file <dump>             a file of mongodump (.bson) or mongoexport (.json, .jsonl, .ndjson), with or without .gz;
                            can be repeated
  --namespace <db>.<coll>   the collection of the dump, such as shop.orders
  --at <time>               the time at which the dump began, with a zone, such as 2026-11-20T10:00:00Z or
                            2026-11-20T11:00:00+01:00. The trigger must be on before this time
  --shard-key <a>,<b>       the fields of a sharded collection's key, in order, such as region,customer.
                            Default: the collection is not sharded
  --url <address>           posts to a receiver, such as https://<app>.azurewebsites.net/api/change-events.
                            Default: writes to the lake of LAKE_URL

  LAKE_URL, DOCUMENT_FORMAT, REDACT, …   the settings of the receiver. Default: the lake of npm start
  RECEIVER_KEY, SIGNING_SECRETS          with --url: the function key, and the secret that signs

  Exit code: 0 when every document is in the lake, 1 after an error or a refused document, 130 after Ctrl-C.`;

export const command: Command = {
  help,
  options: ['namespace', 'at', 'shard-key', 'url'],
  lists: ['file'],
  run: async (
    { namespace, at, 'shard-key': shardKey, url },
    { environment, write, note, lists: { file = [] }, stopped },
  ) => {
    const options = { files: file, namespace, at, shardKey, url };
    return await untilStopped({ stopped, note }, async (signal) =>
      (await runLoad(options, environment, { write, progress: progress(), signal })) ? 0 : 1,
    );
  },
};
