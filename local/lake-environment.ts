// On a laptop, nothing set means the embedded lake: all commands agree on where it is.
import type { Environment } from '../shared/app/setting-reader.ts';

const places = ['LAKE_URL', 'storage_account_name', 'storage_container', 'storage_directory'];

export const embeddedLake = 'file:./lake';

/** The environment, with the lake of `npm start` where it names none. */
export function lakeEnvironment(environment: Environment): Environment {
  const hasLake = places.some((name) => environment[name]?.trim());
  return hasLake ? environment : { ...environment, LAKE_URL: embeddedLake };
}
