// npm run replay: messages of an event hub that were refused, once more.

import { readSettings } from '../../shared/app/settings.ts';
import { openReader, openRemover, openWriter } from '../../shared/lake/open-lake.ts';
import { type Command, CommandError } from '../command.ts';
import { lakeEnvironment } from '../lake-environment.ts';
import { progress } from '../progress.ts';
import { replayRefused } from '../replay/replay-refused.ts';

const help = `npm run replay -- --refused

Takes each message of ~refused the same way again: after a fix of the settings, or with a version that reads it. The file of a message
that is then in the lake is removed from ~refused; of the others it prints the reason. For a message without a body, where fields are
redacted, it prints the partition and the sequence number at which the hub still gives it. docs/event-hubs.md says more.

  LAKE_URL, DOCUMENT_FORMAT, REDACT, …   the settings of the receiver; without LAKE_URL the lake of npm start

Ends with 0 when nothing is left in ~refused, 1 when something is.`;

export const command: Command = {
  help,
  flags: ['refused'],
  run: async ({ refused }, { environment, write, stopped }) => {
    if (refused === undefined) throw new CommandError('Cannot replay: --refused must be given: it is missing');
    const read = readSettings(lakeEnvironment(environment));
    if (read.kind === 'invalid') throw new CommandError(`Cannot replay: ${read.problems.join('\nCannot replay: ')}`);
    const { settings } = read;
    const stop = new AbortController();
    void stopped().then(() => stop.abort());
    const [reader, writer, remover] = await Promise.all([
      openReader(settings.lake),
      openWriter(settings.lake),
      openRemover(settings.lake),
    ]);
    const watcher = { write, progress: progress(), signal: stop.signal };
    const { stored, stillRefused, withoutBody, failed } = await replayRefused(
      { reader, writer, remover },
      settings,
      watcher,
    );
    write(`${stored} stored, ${stillRefused} refused again, ${withoutBody} without a body, ${failed} failed`);
    return stillRefused + withoutBody + failed === 0 ? 0 : 1;
  },
};
