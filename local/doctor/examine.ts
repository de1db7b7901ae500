// Makes all checks. A check comes after those that it needs.
import type { Environment } from '../../shared/app/setting-reader.ts';
import { readSettings } from '../../shared/app/settings.ts';
import { lakeEnvironment } from '../lake-environment.ts';
import { checkAtlas } from './atlas/atlas-checks.ts';
import { type Checking, failed, leftOut, leftOutAfter, ok } from './check.ts';
import type { Cleanups } from './cleanups.ts';
import { checkCounts } from './counts/counts-check.ts';
import { checkHub } from './hub/hub-checks.ts';
import { placesOf } from './places.ts';
import type { Watched } from './probe/atlas-document.ts';
import { checkProbe, probeName } from './probe/probe-check.ts';
import { type FoundAddress, receiverAddress, receiverHere, receiverKey } from './receiver/receiver-address.ts';
import { checkReceiver, receiverNames } from './receiver/receiver-checks.ts';
import { checkSettings } from './settings-checks.ts';
import { checkLake, lakeNames } from './storage/lake-checks.ts';
import { checkTables } from './storage/tables-checks.ts';

export interface Examination {
  readonly environment: Environment;
  readonly appFolder: string;
  /** The option as the person wrote it. */
  readonly url: string | undefined;
  readonly probe: Watched | undefined;
  readonly waitSeconds: number;
  readonly cleanups: Cleanups;
  readonly onProgress: (line: string) => void;
}

const addressName = 'receiver address';

export async function* examine(examination: Examination): Checking {
  const { appFolder, url, probe, waitSeconds, cleanups, onProgress } = examination;
  const { environment, found } = patientOf(
    examination.environment,
    receiverAddress(url, examination.environment, appFolder),
  );
  const read = readSettings(environment);
  const location = read.kind === 'valid' ? read.settings.lake.location : undefined;
  const places = placesOf(location, found.kind === 'address' ? found.address.url : undefined);

  const { checks, settings } = checkSettings(environment, places);
  yield* checks;
  const reader = settings === undefined ? undefined : yield* checkLake({ settings, places, cleanups });
  if (settings === undefined) yield* leftOutAfter(Object.values(lakeNames), 'settings');
  if (settings !== undefined && reader !== undefined) yield* checkTables(settings, places);
  if (settings !== undefined) yield* checkHub(settings, environment);

  if (found.kind === 'address') {
    yield ok(addressName, `${found.address.url.href}, from ${found.address.from}`);
    const key = receiverKey(environment);
    yield* checkReceiver({ url: found.address.url, key, secrets: settings?.signingSecrets, places });
  } else {
    yield failed(addressName, found.problem, 'npm run doctor -- --url https://<app>.azurewebsites.net');
    yield* leftOutAfter(Object.values(receiverNames), addressName);
  }

  const atlas = yield* checkAtlas(environment, appFolder);
  if (atlas !== undefined && reader !== undefined) yield* checkCounts(atlas, environment);
  if (probe === undefined) return;
  if (settings === undefined || reader === undefined) yield* leftOutAfter([probeName], lakeNames.container);
  else if (atlas === undefined) yield leftOut(probeName, 'it needs the checks of the Atlas side to succeed');
  else yield await checkProbe({ watched: probe, waitSeconds, settings, reader, atlas, cleanups, onProgress });
}

/** If neither a receiver nor a lake is in the cloud, the checks are for npm start on this machine. */
function patientOf(environment: Environment, found: FoundAddress) {
  const isHere = found.kind === 'address' && placesOf(undefined, found.address.url).isHere;
  if (found.kind !== 'missing') return { environment: isHere ? lakeEnvironment(environment) : environment, found };
  const here = lakeEnvironment(environment);
  const read = readSettings(here);
  const isElsewhere = read.kind === 'invalid' || read.settings.lake.location.kind === 'azure';
  return isElsewhere ? { environment, found } : { environment: here, found: receiverHere(environment) };
}
