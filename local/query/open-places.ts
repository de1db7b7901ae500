// The settings → where the lake and its tables are, opened for reading.
import { resolve } from 'node:path';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { readSettings, type Settings } from '../../shared/app/settings.ts';
import type { LakeLocation } from '../../shared/lake/lake-url.ts';
import { openReader } from '../../shared/lake/open-lake.ts';
import { CommandError } from '../command.ts';
import { lakeEnvironment } from '../lake-environment.ts';
import type { Place } from './lake-files.ts';

export interface Places {
  readonly lake: Place;
  /** Undefined if the lake is the root of its container, and no setting has the place of its tables. */
  readonly tables: Place | undefined;
  readonly settings: Settings;
}

export async function openPlaces(environment: Environment, purpose: string): Promise<Places> {
  const read = readSettings(lakeEnvironment(environment));
  if (read.kind === 'invalid') throw new CommandError(`Cannot ${purpose}: ${read.problems.join('; ')}`);
  const { settings } = read;
  const { location } = settings.tables;
  return {
    lake: await placeAt(settings, settings.lake.location),
    tables: location && (await placeAt(settings, location)),
    settings,
  };
}

async function placeAt({ lake }: Settings, location: LakeLocation): Promise<Place> {
  const reader = await openReader({ ...lake, location });
  switch (location.kind) {
    case 'folder':
      return { reader, directory: '', folder: resolve(location.folder) };
    case 'azure':
      return { reader, directory: location.directory, folder: undefined };
  }
}
