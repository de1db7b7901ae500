// npm run verify: compares the newest state in the lake with a dump, and repairs the differences.
import type { Environment } from '../../shared/app/setting-reader.ts';
import { CommandError } from '../command.ts';
import { DumpFault } from '../dump/dump-fault.ts';
import { printable, printableLines } from '../printable.ts';
import { interruptible } from '../query/interruptible.ts';
import { type LakeDatabase, openLakeDatabase } from '../query/lake-database.ts';
import { openPlaces, type Places } from '../query/open-places.ts';
import { compareWithLake } from './compare-with-lake.ts';
import { type Asked, readVerifyOptions, type VerifyOptions } from './read-verify-options.ts';
import { repairLake } from './repair-lake.ts';
import { aboutRepeatedKeys, aboutSharedKeys, report } from './report.ts';
import type { VerifyTerminal } from './verify-terminal.ts';

/** True when the lake is equal to the source, or was repaired. */
export async function runVerify(
  options: VerifyOptions,
  environment: Environment,
  terminal: VerifyTerminal,
): Promise<boolean> {
  const asked = readVerifyOptions(options, new Date());
  const places = await openPlaces(environment, 'verify');
  let isCompared = false;
  const write = (text: string): void => {
    isCompared = true;
    terminal.write(text);
  };
  try {
    return await verify(asked, places, options, usualMemory, { ...terminal, write });
  } catch (error) {
    // A repair does not begin again: the comparison is printed, and events are written.
    if (isCompared || !isOutOfMemory(error)) throw error;
    terminal.note(
      `The documents are large: the comparison begins again, with up to ${mostMemory} instead of ${usualMemory}`,
    );
    return await verify(asked, places, options, mostMemory, terminal);
  }
}

const usualMemory = '80MB';
const mostMemory = '4GB';

/** DuckDB reads some thousand values of a table's column at once, and cannot write those to disk. */
function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes('Out of Memory Error') || isOutOfMemory(error.cause);
}

async function verify(
  asked: Asked,
  places: Places,
  options: VerifyOptions,
  memory: string,
  terminal: VerifyTerminal,
): Promise<boolean> {
  const database = await openLakeDatabase();
  try {
    return await interruptible(database.connection, terminal.signal, () =>
      compareAndRepair(asked, places, options, database, memory, terminal),
    );
  } catch (error) {
    if (error instanceof DumpFault)
      throw new CommandError(`Cannot read ${JSON.stringify(error.file)} at ${error.place}: ${error.requirement}`);
    throw error;
  } finally {
    terminal.progress.end();
    await database.close();
  }
}

async function compareAndRepair(
  asked: Asked,
  places: Places,
  { json, repair, yes }: VerifyOptions,
  database: LakeDatabase,
  memory: string,
  terminal: VerifyTerminal,
): Promise<boolean> {
  const { shared, repeated, ...comparison } = await compareWithLake(asked, places, database, memory, terminal);
  terminal.progress.end();
  // A key can have characters that JSON leaves as they are. `printable` spells them as JSON does.
  terminal.write(json ? printable(JSON.stringify(comparison)) : printableLines(report(asked.namespace, comparison)));
  if (shared > 0) terminal.note(aboutSharedKeys(shared, places.settings));
  if (repeated > 0) terminal.note(aboutRepeatedKeys(repeated));
  const isEqual = comparison.missing + comparison.extra + comparison.different === 0;
  if (isEqual || !repair) return isEqual;
  return await repairLake(asked, { ...comparison, shared, repeated }, places, database, yes, terminal);
}
