// Reads TABLES and its related settings: the format, the place, the schedule and the look-back.
import { basename, resolve, sep } from 'node:path';
import type { Layout } from '../events/lake-path.ts';
import type { AzureAccess } from '../lake/azure/azure-pipeline.ts';
import type { LakeLocation } from '../lake/lake-url.ts';
import { isNotSet, type SettingReader } from './setting-reader.ts';
import { readUrl, shown } from './url-setting.ts';

export type TablesFormat = 'off' | 'delta' | 'jsonl';

export interface TablesSettings {
  readonly format: TablesFormat;
  /**
   * The place of the tables, also if `format` is `off`. Undefined if TABLES_URL is not set and the lake has no
   * directory.
   */
  readonly location: LakeLocation | undefined;
  readonly everyMinutes: number;
  readonly lookbackHours: number;
}

const everyMinutesChoices = ['60', '30', '20', '15', '10', '5', '2', '1'] as const;
const maxLookbackHours = 8_760;

export function readTables(
  read: SettingReader,
  lake: LakeLocation | undefined,
  access: AzureAccess,
  layout: Layout,
): TablesSettings {
  const format = read.choice<TablesFormat>('TABLES', ['off', 'delta', 'jsonl']);
  if (format !== 'off' && layout === 'flat')
    read.mustBe('TABLES', '"off" beside LAKE_LAYOUT=flat, because that layout has no hours', `it is "${format}"`);
  return {
    format,
    location: readLocation(read, lake, access, format),
    everyMinutes: Number(read.choice('TABLES_EVERY_MINUTES', everyMinutesChoices)),
    lookbackHours: read.count('TABLES_LOOKBACK_HOURS', 48, maxLookbackHours),
  };
}

function readLocation(
  read: SettingReader,
  lake: LakeLocation | undefined,
  access: AzureAccess,
  format: TablesFormat,
): LakeLocation | undefined {
  const url = read.text('TABLES_URL');
  if (url === undefined) {
    const byDefault = lake && besideLake(lake);
    if (lake !== undefined && byDefault === undefined && format !== 'off')
      read.mustBe('TABLES_URL', 'set, because the lake is the root of its container', isNotSet);
    return byDefault;
  }
  const tables = readUrl(read, 'TABLES_URL', url);
  if (tables === undefined || lake === undefined) return tables;
  if (isWithin(tables, lake)) read.mustBe('TABLES_URL', "outside the lake's own directory", shown(url));
  const isElsewhere = tables.kind === 'azure' && lake.kind === 'azure' && tables.account !== lake.account;
  if (isElsewhere && access.kind === 'shared-key')
    read.mustBe('TABLES_URL', 'in the account that STORAGE_ACCOUNT_KEY opens', shown(url));
  return tables;
}

/** The lake's directory with `-tables` behind it. */
function besideLake(lake: LakeLocation): LakeLocation | undefined {
  if (lake.kind === 'folder') return besideFolder(lake.folder);
  return lake.directory === '' ? undefined : { ...lake, directory: `${lake.directory}-tables` };
}

/** `.` and `..` do not contain the name of the folder, so `-tables` cannot follow them. */
function besideFolder(folder: string): LakeLocation | undefined {
  const whole = /^\.{0,2}$/.test(basename(folder)) ? resolve(folder) : folder;
  const name = whole.replace(/[/\\]+$/, '');
  return basename(name) === '' ? undefined : { kind: 'folder', folder: `${name}-tables` };
}

function isWithin(tables: LakeLocation, lake: LakeLocation): boolean {
  if (tables.kind === 'folder')
    return lake.kind === 'folder' && withSlash(resolve(tables.folder)).startsWith(withSlash(resolve(lake.folder)));
  if (lake.kind === 'folder' || tables.blobUrl !== lake.blobUrl) return false;
  return lake.directory === '' || `${tables.directory}/`.startsWith(`${lake.directory}/`);
}

function withSlash(folder: string): string {
  return folder.endsWith(sep) ? folder : `${folder}${sep}`;
}
