// Follows a document: a script inserts it in Atlas, its trigger sends it, the receiver stores it. Here each value is
// compared.

import { setTimeout as pause } from 'node:timers/promises';
import type { Settings } from '../../../shared/app/settings.ts';
import { describeFault } from '../../../shared/lake/fault.ts';
import type { LakeReader } from '../../../shared/lake/lake.ts';
import { isRunningOn } from '../../atlas-deploy/watching-trigger.ts';
import { CommandError } from '../../command.ts';
import type { AtlasInReach } from '../atlas/atlas-checks.ts';
import { ownTriggers } from '../atlas/trigger-checks.ts';
import { type Check, failed, leftOut, ok } from '../check.ts';
import type { Cleanups } from '../cleanups.ts';
import { askStorage } from '../storage/ask-storage.ts';
import { type AtlasDocument, atlasDocument, type Watched } from './atlas-document.ts';
import { edgeDocument } from './edge-document.ts';
import { compare, expectedValues, type Values, valuesIn } from './expected-values.ts';
import { type FindFile, type FoundFile, findFile } from './find-file.ts';

export interface ProbePatient {
  readonly watched: Watched;
  readonly waitSeconds: number;
  readonly settings: Settings;
  readonly reader: LakeReader;
  readonly atlas: AtlasInReach;
  readonly cleanups: Cleanups;
  readonly onProgress: (line: string) => void;
}

export const probeName = 'probe';
const pollMs = 1_000;
const tellEverySeconds = 10;

export async function checkProbe(patient: ProbePatient): Promise<Check> {
  const { watched, settings, atlas, cleanups, reader } = patient;
  const source = sourceWatching(atlas, watched);
  const where = `${watched.database}.${watched.collection}`;
  if (source === undefined)
    return failed(
      probeName,
      `a running trigger must watch ${where}: there is no such trigger`,
      `add { "collection": "${where}" } to "watch" in atlas-app/lake-sync.json, then npm run atlas:configure and npm run atlas:deploy`,
    );
  const document = edgeDocument();
  const expected = expectedValues(document, watched, settings);
  if (expected === undefined) return leftOut(probeName, 'REDACT hides the document key, which identifies the file');

  const inAtlas = atlasDocument(atlas.api, atlas.appId, source, watched, document);
  const find = findFile(reader, settings, watched, document.id, Date.now());
  let left = '';
  const check = await cleanups.after(
    () =>
      inAtlas
        .remove()
        .catch(
          () =>
            (left = `; the document stays in ${where}: db.getSiblingDB('${watched.database}').getCollection('${watched.collection}').deleteOne({ _id: ObjectId('${document.id}') })`),
        ),
    () => probe(patient, inAtlas, find, expected),
  );
  return left === ''
    ? check
    : {
        ...check,
        outcome: 'failed',
        told: check.told + left,
        fix: check.fix ?? `mongosh: ${left.slice(left.indexOf('db.'))}`,
      };
}

/** Returns the data source of a running trigger that sees inserts into the collection. */
function sourceWatching({ state, folder }: AtlasInReach, watched: Watched): string | undefined {
  const trigger = ownTriggers(state, folder).find((one) => isRunningOn(one, { ...watched }));
  if (trigger === undefined) return undefined;
  return folder.triggers.find(({ name }) => name === trigger.name)?.sourceName ?? folder.sources[0]?.name;
}

async function probe(patient: ProbePatient, inAtlas: AtlasDocument, find: FindFile, expected: Values): Promise<Check> {
  try {
    const { hasOddKeys } = await inAtlas.insert();
    const found = await waitFor(find, patient);
    return found === undefined ? notFound(patient) : judge(found, expected, hasOddKeys, patient);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return failed(probeName, error.message, 'npm run doctor -- --probe <database>.<another collection>');
  }
}

async function waitFor(find: FindFile, { waitSeconds, onProgress }: ProbePatient): Promise<FoundFile | undefined> {
  const beganMs = Date.now();
  const passed = (): number => Math.floor((Date.now() - beganMs) / 1000);
  let told = 0;
  for (;;) {
    const found = await askStorage(find).catch((fault: unknown) => {
      throw new CommandError(`Cannot look for the file of the probe: the lake must answer: ${describeFault(fault)}`);
    });
    if (found !== undefined || passed() >= waitSeconds) return found;
    if (passed() >= told + tellEverySeconds) {
      told = passed();
      onProgress(`Waiting for the file of the probe: ${told} s of ${waitSeconds}`);
    }
    await pause(pollMs);
  }
}

function notFound({ waitSeconds, watched }: ProbePatient): Check {
  return failed(
    probeName,
    `the file of an insert into ${watched.database}.${watched.collection} must be in the lake within ${waitSeconds} s: it is not`,
    'see the checks of the outbox and the triggers; then appservices logs list --app <App ID> --type trigger --tail\nif delivery is only slow: --wait 600',
  );
}

function judge({ path, line }: FoundFile, expected: Values, hasOddKeys: boolean, { settings }: ProbePatient): Check {
  const stays = `its file stays in the lake: ${path}, with the file of its delete`;
  const found = valuesIn(line);
  if (found === undefined)
    return failed(
      probeName,
      `the file must have the document: "data" is not an object; ${stays}`,
      'npm run atlas:deploy   (or in the Atlas UI: remove a project expression that lacks fullDocument from the trigger)',
    );
  const { wrong, retyped } = compare(expected, found, hasOddKeys);
  const odd = hasOddKeys ? '' : ' (the server refuses keys with "." and "$")';
  const types = retyped.length === 0 ? '' : ` (Atlas sends another type of number in ${retyped.join(', ')})`;
  if (wrong.length === 0)
    return ok(
      probeName,
      `all ${found.size} values arrived exactly, as ${settings.documentFormat}${odd}${types}; ${stays}`,
    );
  return failed(
    probeName,
    `the values must arrive exactly: these differ: ${wrong.join(', ')}; ${stays}`,
    'set DOCUMENT_FORMAT and REDACT here as in the app; if they are the same, and the app has this version, report this line',
  );
}
