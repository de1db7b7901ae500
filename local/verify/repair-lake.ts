// Shows what a repair writes, asks, and writes it.
import type { LakeWriter } from '../../shared/lake/lake.ts';
import { openWriter } from '../../shared/lake/open-lake.ts';
import { CommandError } from '../command.ts';
import { lakeTarget } from '../load/lake-target.ts';
import { LoadStopped } from '../load/load-target.ts';
import type { Snapshot } from '../load/snapshot.ts';
import { untilWritesEnd } from '../load/until-writes-end.ts';
import type { LakeDatabase } from '../query/lake-database.ts';
import type { Places } from '../query/open-places.ts';
import { Stopped } from '../until-stopped.ts';
import type { Comparison } from './compare.ts';
import { type Asked, scopeOf } from './read-verify-options.ts';
import { repair } from './repair.ts';
import { repairSeconds, timeOf } from './repair-time.ts';
import { count } from './report.ts';
import { sourceDocuments } from './source-documents.ts';
import type { VerifyTerminal } from './verify-terminal.ts';

/** True if the lake is equal to the source now. With `yes` it does not ask. */
export async function repairLake(
  asked: Asked,
  { missing, different, extra, shared }: Comparison,
  places: Places,
  { connection }: LakeDatabase,
  yes: boolean,
  { note, ask, progress, signal }: VerifyTerminal,
): Promise<boolean> {
  const seconds = await repairSeconds(connection, scopeOf(asked), asked.begun, new Date());
  if (asked.expect !== undefined && missing > 0)
    note('Missing documents cannot be repaired from their ids: give a dump with --file');
  const snapshots = asked.expect === undefined ? missing + different : 0;
  const plan = `${count(snapshots, 'snapshot event')} and ${count(extra, 'delete')}`;
  note(`The repair writes ${plan}, with the time ${timeOf(seconds)}. It changes no existing file.`);
  if (asked.unchangedSince === undefined)
    note('It takes back changes that are newer than the source. --at <start of the source> leaves them out');
  const isAgreed = yes || (ask !== undefined && (await ask('Write them?')));
  signal.throwIfAborted();
  if (!isAgreed) {
    note(ask === undefined ? 'Nothing is written: without a terminal, --yes is needed' : 'Nothing is written');
    return false;
  }
  const { settings } = places;
  const writer = await openWriter(settings.lake);
  const snapshot: Snapshot = { ...asked.namespace, shardKey: asked.shardKey, seconds };
  const { redactions: _, ...unredacted } = settings;
  const targetsIn = (lake: LakeWriter) => ({
    documents: lakeTarget(settings, lake),
    deletes: lakeTarget({ ...unredacted, redactions: undefined }, lake),
  });
  const documents = sourceDocuments(asked.dumps, snapshot, settings, () => undefined);
  let written = 0;
  const onWritten = (events: number): void => {
    written += events;
    progress.update(written, snapshots + extra, () => count(written, 'event'));
  };
  try {
    await untilWritesEnd((watched) =>
      repair(connection, documents, snapshot, targetsIn(watched(writer)), onWritten, signal),
    );
  } catch (error) {
    const rest = `Written so far: ${count(written, 'event')}. The same command writes the others`;
    if (signal.aborted) throw new Stopped(`Stopped. ${rest}`);
    if (error instanceof LoadStopped) throw new CommandError(`Cannot repair: ${error.message}\n${rest}`);
    throw error;
  }
  progress.end();
  // The output of --json is only the comparison.
  note(`Written: ${count(written, 'event')}`);
  return written === snapshots + extra && missing + different <= snapshots && shared === 0;
}
