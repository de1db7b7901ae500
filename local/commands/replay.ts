// npm run replay: tries the refused messages of an event hub again.

import { readSettings } from '../../shared/app/settings.ts';
import { openReader, openRemover, openWriter } from '../../shared/lake/open-lake.ts';
import { type Command, CommandError, stopSignal } from '../command.ts';
import { lakeEnvironment } from '../lake-environment.ts';
import { progress } from '../progress.ts';
import { readingFault } from '../reading-fault.ts';
import { replayRefused } from '../replay/replay-refused.ts';

const help = `npm run replay -- --refused

Tries each message of ~refused again, after a fix of the settings or with a newer version. If a message is then in the
lake, its file is removed from ~refused. For the others it prints the reason. With redaction a message has no body: then
it prints the partition and the sequence number of the message in the hub. docs/event-hubs.md has more.

  LAKE_URL, DOCUMENT_FORMAT, REDACT, …   the settings of the receiver; without LAKE_URL the lake of npm start

Ends with 0 if ~refused is empty, else with 1.`;

export const command: Command = {
  help,
  flags: ['refused'],
  run: async ({ refused }, { environment, write, stopped }) => {
    if (refused === undefined)
      throw new CommandError('Cannot replay: --refused must be given: it is missing: npm run replay -- --refused');
    const read = readSettings(lakeEnvironment(environment));
    if (read.kind === 'invalid') throw new CommandError(`Cannot replay: ${read.problems.join('\nCannot replay: ')}`);
    const { settings } = read;
    const signal = stopSignal(stopped);
    const [reader, writer, remover] = await Promise.all([
      openReader(settings.lake),
      openWriter(settings.lake),
      openRemover(settings.lake),
    ]);
    const watcher = { write, progress: progress(), signal };
    const { stored, stillRefused, withoutBody, failed } = await replayRefused(
      { reader, writer, remover },
      settings,
      watcher,
    ).catch((error: unknown) => {
      throw readingFault('~refused', error);
    });
    write(`${stored} stored, ${stillRefused} refused again, ${withoutBody} without a body, ${failed} failed`);
    return stillRefused + withoutBody + failed === 0 ? 0 : 1;
  },
};
