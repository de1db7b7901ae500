// Checks the tables as the timer uses them: the right to list and read, the form of each table, and its progress.

import { openPlaces } from '../../../shared/app/open-tables.ts';
import type { Settings } from '../../../shared/app/settings.ts';
import { describeFault } from '../../../shared/lake/fault.ts';
import { lastCheckpointPath } from '../../../shared/tables/delta/log-paths.ts';
import type { Places } from '../../../shared/tables/places.ts';
import { type ShownTable, showTables } from '../../../shared/tables/show.ts';
import { type Check, type Checking, failed, leftOutAfter, ok } from '../check.ts';
import type { Places as DoctorPlaces } from '../places.ts';
import { askStorage } from './ask-storage.ts';
import { fixOfFault } from './fix-of-fault.ts';

const tablesNames = { access: 'access to tables', tables: 'tables', timer: 'timer of tables' };

/** Makes no check if TABLES is off. */
export async function* checkTables(settings: Settings, doctorPlaces: DoctorPlaces): Checking {
  const { format, everyMinutes } = settings.tables;
  if (format === 'off') return;
  const opened = await openReadable(settings, format);
  if ('fault' in opened) {
    const told = `the identity must be able to list and read the lake and its tables: ${describeFault(opened.fault)}`;
    yield failed(tablesNames.access, told, fixOfFault(opened.fault, settings.lake, doctorPlaces));
    yield* leftOutAfter([tablesNames.tables, tablesNames.timer], tablesNames.access);
    return;
  }
  yield ok(tablesNames.access, 'the lake and its tables can be listed and read');
  const { tables, broken } = await askStorage((signal) => showTables(opened.places, signal));
  const [first] = broken;
  if (first === undefined) yield ok(tablesNames.tables, `${tables.length} tables of changes can be read`);
  else
    yield failed(
      tablesNames.tables,
      `each table must be a table of changes: ${broken.length} of ${broken.length + tables.length} cannot be used, such as ${first.db ?? ''}.${first.coll ?? ''}: ${first.reason}`,
      'npm run tables   # names each; move a foreign table to another place, or set TABLES_URL to another place',
    );
  yield timerCheck(tables, everyMinutes);
}

type Opened = { readonly places: Places } | { readonly fault: unknown };

async function openReadable(settings: Settings, format: 'delta' | 'jsonl'): Promise<Opened> {
  try {
    const places = await openPlaces(settings, format);
    if (places === undefined) return { fault: undefined };
    const { lake, tables } = places;
    await askStorage((signal) => lake.reader.folders(lake.directory, signal));
    await askStorage((signal) => tables.reader.folders(tables.directory, signal));
    // A missing file also shows the right to read.
    await askStorage((signal) => tables.reader.read(lastCheckpointPath('_atlas-lake-sync-doctor'), signal));
    return { places };
  } catch (fault) {
    return { fault };
  }
}

/** A table that keeps up with the lake shows that the timer runs. The doctor cannot ask the host about its timer. */
function timerCheck(tables: readonly ShownTable[], everyMinutes: number): Check {
  const allowedSeconds = everyMinutes * 120 + 3_600;
  const late = tables.filter(({ behindSeconds }) => behindSeconds > allowedSeconds);
  const [first] = late.toSorted((one, other) => other.behindSeconds - one.behindSeconds);
  if (first === undefined) return ok(tablesNames.timer, 'every table keeps up with the lake, so the timer runs');
  return failed(
    tablesNames.timer,
    `each table must be at most ${Math.round(allowedSeconds / 60)} minutes behind the lake: ${late.length} of ${tables.length} are not, such as ${first.db ?? ''}.${first.coll ?? ''}: ${Math.round(first.behindSeconds / 60)} minutes`,
    'curl -X POST https://<app>.azurewebsites.net/admin/functions/compact -H "x-functions-key: <master key>" -H "content-type: application/json" -d "{}"\nor from here: npm run tables -- compact',
  );
}
