// npm run verify: compares the newest state in the lake with a dump, and repairs the differences.
import { tmpdir } from 'node:os';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { CommandError } from '../command.ts';
import { DumpFault } from '../dump/dump-fault.ts';
import { printable, printableLines } from '../printable.ts';
import { interruptible } from '../query/interruptible.ts';
import { type LakeDatabase, openLakeDatabase } from '../query/lake-database.ts';
import { openPlaces, type Places } from '../query/open-places.ts';
import { compareWithLake } from './compare-with-lake.ts';
import { isOutOfDisk, isOutOfMemory, mostMemory, usualMemory } from './memory-limits.ts';
import { type Asked, readVerifyOptions, type VerifyOptions } from './read-verify-options.ts';
import { remarks } from './remarks.ts';
import { repairLake } from './repair-lake.ts';
import { report } from './report.ts';
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
    if (isOutOfMemory(error))
      throw new CommandError(
        `Cannot verify: DuckDB must hold the largest documents in its memory: ${memory} is too little`,
        { cause: error },
      );
    if (isOutOfDisk(error))
      throw new CommandError(
        `Cannot verify: the folder for temporary files must have room: ${JSON.stringify(tmpdir())} is full: TMPDIR can name another one`,
        { cause: error },
      );
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
  const comparison = await compareWithLake(asked, places, database, memory, terminal);
  const { missing, extra, different, sample } = comparison;
  terminal.progress.end();
  // A key can have characters that JSON leaves as they are. `printable` spells them as JSON does.
  terminal.write(
    json
      ? printable(JSON.stringify({ missing, extra, different, sample }))
      : printableLines(report(asked.namespace, comparison)),
  );
  for (const line of remarks(asked, comparison, places.settings)) terminal.note(line);
  const isEqual = missing + extra + different === 0;
  if (isEqual || !repair) return isEqual;
  return await repairLake(asked, comparison, places, database, yes, terminal);
}
