// The lake of all commands on a laptop: without a setting, the embedded lake.
import type { Environment } from '../shared/app/setting-reader.ts';

const places = ['LAKE_URL', 'storage_account_name', 'storage_container', 'storage_directory'];

const embeddedLake = 'file:./lake';

/** Returns the environment. Adds the lake of `npm start` if no setting names a lake. */
export function lakeEnvironment(environment: Environment): Environment {
  const hasLake = places.some((name) => environment[name]?.trim());
  return hasLake ? environment : { ...environment, LAKE_URL: embeddedLake };
}
