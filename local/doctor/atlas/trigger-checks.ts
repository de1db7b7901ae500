// Checks the triggers that call our functions: that they run, and that no option loses events. A person can have made
// such a trigger without the folder.

import { isRecord } from '../../../shared/json/record.ts';
import type { AdminApi } from '../../atlas-deploy/admin-api.ts';
import type { AppFolder, FolderTrigger } from '../../atlas-deploy/app-folder.ts';
import { type AppState, type FoundTrigger, readTriggers } from '../../atlas-deploy/app-state.ts';
import type { JsonObject } from '../../atlas-deploy/json.ts';
import { isHalted } from '../../atlas-deploy/plan-trigger.ts';
import { differences } from '../../atlas-deploy/trigger-difference.ts';
import { type Check, type Checking, failed, ok } from '../check.ts';
import { lastErrors, type TriggerError, wordOf } from './trigger-log.ts';
import { lossesOf } from './trigger-losses.ts';

export async function* checkTriggers(api: AdminApi, appId: string, state: AppState, folder: AppFolder): Checking {
  const names = new Set(ownTriggers(state, folder).map(({ name }) => name));
  yield* missingOf(state, folder, names);
  // Reads them whole, also those that are not in the folder.
  const found = (await readTriggers(api, appId, names)).filter(({ name }) => names.has(name));
  const halted = found.some((trigger) => haltedAs(trigger, folder) !== undefined);
  const errors = halted ? await lastErrors(api, appId) : new Map<string, TriggerError>();
  for (const trigger of found) {
    yield stateOf(trigger, folder, errors.get(trigger.name));
    if (trigger.members['type'] === 'DATABASE') yield optionsOf(trigger, folder, state);
  }
}

const stateName = (name: string): string => `trigger ${name}`;

/** Finds our triggers by the functions that they call, with any name. */
export function ownTriggers({ triggers, functions }: AppState, folder: AppFolder): FoundTrigger[] {
  const own = new Set(folder.functions.map(({ name }) => name));
  return triggers.filter(({ functionId, functionName }) => {
    const called = functions.find(({ id }) => id === functionId)?.name ?? functionName;
    return called !== undefined && own.has(called);
  });
}

function missingOf({ triggers }: AppState, folder: AppFolder, own: ReadonlySet<string>): Check[] {
  return folder.triggers
    .filter(({ name }) => !own.has(name))
    .map(({ name }) =>
      triggers.some((trigger) => trigger.name === name)
        ? failed(
            stateName(name),
            'must call a function of the folder: it does not, so somebody else made it',
            'Atlas UI, Triggers: rename it, then npm run atlas:deploy',
          )
        : failed(stateName(name), 'must exist: it is missing', 'npm run atlas:deploy'),
    );
}

function haltedAs(trigger: FoundTrigger, { triggers }: AppFolder): 'suspended' | 'disabled' | undefined {
  if (trigger.error !== undefined) return 'suspended';
  const wanted = triggers.find(({ name }) => name === trigger.name);
  const isOff = wanted === undefined ? trigger.isDisabled : isHalted(wanted, trigger);
  return isOff ? 'disabled' : undefined;
}

function stateOf(trigger: FoundTrigger, folder: AppFolder, error: TriggerError | undefined): Check {
  const halted = haltedAs(trigger, folder);
  const name = stateName(trigger.name);
  if (halted === undefined)
    return ok(name, trigger.isDisabled ? 'disabled, as lake-sync.json says' : `runs: ${orderOf(trigger)}`);
  const why = trigger.error === undefined ? (error?.word ?? 'Atlas shows no error') : wordOf(trigger.error);
  const since = error === undefined ? 'no error in its log of ten days' : `last error at ${error.at}`;
  const what = halted === 'suspended' ? 'suspended' : 'disabled, by a person or by Atlas';
  return failed(name, `must run: it is ${what} (${why}; ${since})`, resumeAdvice(why));
}

function resumeAdvice(why: string): string {
  const resume = 'Atlas UI, Triggers, column Actions: Restart with the resume token, which misses no event';
  const page = 'docs/operate.md, "Suspended triggers", has the command, and the steps for a gap';
  if (!why.includes('ChangeStreamHistoryLost')) return `${resume}\n${page}`;
  return `Atlas UI, Triggers: note "Last Cluster Time Processed", then Restart without the resume token, which is lost\n${page}`;
}

function orderOf({ members }: FoundTrigger): string {
  if (members['type'] !== 'DATABASE') return 'on its schedule';
  return configOf(members)['unordered'] === true ? 'many events at once' : 'one event after the other';
}

/** An option that the folder sets is a person's choice: it is shown, and is not a failure. */
function optionsOf(trigger: FoundTrigger, folder: AppFolder, state: AppState): Check {
  const name = `options of ${trigger.name}`;
  const wanted = folder.triggers.find((one) => one.name === trigger.name);
  const chosen = wanted === undefined ? [] : lossesOf(wanted.config).map(({ option, told }) => `${option} ${told}`);
  const losses = lossesOf(configOf(trigger.members)).map(({ option, told }) => `${option} ${told}`);
  const others = wanted === undefined ? [] : differing(wanted, trigger, state, losses);
  const wrong = [...losses.filter((loss) => !chosen.includes(loss)), ...others];
  if (wrong.length > 0)
    return failed(
      name,
      `must lose no events: ${wrong.join('; ')}`,
      wanted === undefined
        ? 'Atlas UI, Triggers: edit the trigger as atlas-app/README.md, "Options that lose events", says'
        : 'npm run atlas:deploy',
    );
  const choices = losses.length === 0 ? 'lose no events' : `as in lake-sync.json: ${losses.join('; ')}`;
  return ok(name, choices);
}

function differing(wanted: FolderTrigger, trigger: FoundTrigger, state: AppState, told: readonly string[]): string[] {
  const links = {
    sourceId: state.sources.find(({ name }) => name === wanted.sourceName)?.id,
    functionId: state.functions.find(({ name }) => name === wanted.functionName)?.id,
  };
  const others = differences(wanted, trigger, links).filter(
    (member) => member !== 'disabled' && !told.some((loss) => loss.startsWith(`${member} `)),
  );
  return others.map((member) => `${member} differs from the folder`);
}

function configOf({ config }: JsonObject): JsonObject {
  return isRecord(config) ? config : {};
}
