// npm run sample: sends a small story of changes through the real Atlas function to a running receiver, and shows the
// files.
import type { Command } from '../command.ts';
import { cleanUpLines, playedLines } from '../sample/lines.ts';
import { playStory } from '../sample/play.ts';
import { assertAnswers, receiverOf } from '../sample/receiver.ts';
import { namespaceElsewhere, namespaceHere } from '../sample/story.ts';

const help = `npm run sample [-- --url <address>]

Sends inserts, updates, a replace and deletes through the Atlas function forwardChangeEvent, in a simulated Atlas, to a
running receiver (npm start). Then it shows the files, and the content of one. It waits for a receiver that is still
starting.

  --url <address>                          the receiver. Default: http://localhost:7071. On another machine, the
                                           events are of ${namespaceElsewhere.db}.${namespaceElsewhere.coll},
                                           and the command shows how to remove their files
  PORT=8080 npm run sample                 a receiver on this machine with another port
  SIGNING_SECRETS=whsec_… npm run sample   signs with the first secret
  RECEIVER_KEY=… npm run sample            the function key, for a receiver in Azure`;

/** The first npm start installs and builds, which takes a minute or two. */
const waitMs = 180_000;

export const command: Command = {
  help,
  options: ['url'],
  run: async ({ url }, { environment, write, note }) => {
    const receiver = receiverOf(url, environment);
    await assertAnswers(receiver, url === undefined ? { forMs: waitMs, everyMs: 500, note } : undefined);
    const { endpoint, isHere } = receiver;
    write(`Playing through atlas-app/functions/forwardChangeEvent.js to ${endpoint}\n`);
    const namespace = isHere ? namespaceHere : namespaceElsewhere;
    const played = await playStory(endpoint, environment, namespace);
    const [lake, content] = await Promise.all([
      local('lake'),
      local(`file?path=${encodeURIComponent(played[0]?.path ?? '')}`),
    ]);
    write(playedLines(played, lake).join('\n'));
    if (content !== undefined) write(`\nThe first file has one line:\n${content.trimEnd()}`);
    if (!isHere) write(cleanUpLines(played, namespace, environment).join('\n'));

    /** Asks a route that only npm start has. */
    async function local(what: string): Promise<string | undefined> {
      if (!isHere) return undefined;
      const answer = await fetch(new URL(`/local/${what}`, endpoint)).catch(() => undefined);
      return answer?.ok ? await answer.text() : undefined;
    }
  },
};
