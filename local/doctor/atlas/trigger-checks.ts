// The triggers that call our functions, those of the folder and those that somebody made beside it: whether they run, and
// whether an option of theirs loses events.

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
  // Whole, those that the folder does not know too.
  const found = (await readTriggers(api, appId, names)).filter(({ name }) => names.has(name));
  const halted = found.some((trigger) => haltedAs(trigger, folder) !== undefined);
  const errors = halted ? await lastErrors(api, appId) : new Map<string, TriggerError>();
  for (const trigger of found) {
    yield stateOf(trigger, folder, errors.get(trigger.name));
    if (trigger.members['type'] === 'DATABASE') yield optionsOf(trigger, folder, state);
  }
}

const stateName = (name: string): string => `trigger ${name}`;

/** By what they call, whatever their names are. */
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
            'must call a function of the folder: somebody else made it',
            'Atlas UI, Triggers: rename it, then npm run atlas:deploy',
          )
        : failed(stateName(name), 'must exist: it does not', 'npm run atlas:deploy'),
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
  const why = trigger.error === undefined ? (error?.word ?? 'no error is told') : wordOf(trigger.error);
  const since = error === undefined ? 'its log of ten days does not say since when' : `last error at ${error.at}`;
  const what = halted === 'suspended' ? 'suspended' : 'disabled, by a person or by Atlas';
  return failed(name, `must run: it is ${what} (${why}; ${since})`, resumeAdvice(why));
}

function resumeAdvice(why: string): string {
  const resume = 'Atlas UI, Triggers, Restart in the column Actions, with the resume token, which misses nothing';
  const page = 'docs/operate.md, "Suspended triggers", has the command, and says what to do about a gap';
  if (!why.includes('ChangeStreamHistoryLost')) return `${resume}\n${page}`;
  return `Atlas UI, Triggers: note "Last Cluster Time Processed", then Restart without the resume token, which is gone\n${page}`;
}

function orderOf({ members }: FoundTrigger): string {
  if (members['type'] !== 'DATABASE') return 'on its schedule';
  return configOf(members)['unordered'] === true ? 'events side by side' : 'one event after the other';
}

/** What the folder itself says is somebody's choice, told and not blamed. */
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
        ? 'Atlas UI, Triggers: edit the trigger; atlas-app/README.md, "Options that lose events", says what to choose'
        : 'npm run atlas:deploy',
    );
  const choices = losses.length === 0 ? 'lose nothing' : `as lake-sync.json chose: ${losses.join('; ')}`;
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
  return others.map((member) => `${member} is not what the folder says`);
}

function configOf({ config }: JsonObject): JsonObject {
  return isRecord(config) ? config : {};
}
