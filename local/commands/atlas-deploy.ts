// npm run atlas:deploy: creates or updates the app in Atlas from the app folder, through the App Services Admin API.
import { resolve } from 'node:path';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { type AdminApi, signIn } from '../atlas-deploy/admin-api.ts';
import { type AppFolder, readAppFolder } from '../atlas-deploy/app-folder.ts';
import { readAppState, readTriggers } from '../atlas-deploy/app-state.ts';
import { applyPlan } from '../atlas-deploy/apply.ts';
import { type DeployEnvironment, readDeployEnvironment } from '../atlas-deploy/deploy-environment.ts';
import { checkAppFolder } from '../atlas-deploy/folder-rules.ts';
import { hasLoads, initialLoadsValue } from '../atlas-deploy/initial-loads.ts';
import { type Plan, planDeployment } from '../atlas-deploy/plan.ts';
import { isWrite, type Step } from '../atlas-deploy/step.ts';
import { resumeAdvice, type TriggerState, triggerStates } from '../atlas-deploy/trigger-states.ts';
import { readEntries } from '../atlas-load/read-entries.ts';
import { type Command, CommandError } from '../command.ts';
import { root } from '../paths.ts';

const help = `npm run atlas:deploy [-- [--dry-run] [--app <folder>]]

Creates or updates the app, data source, secrets, values, functions and triggers in Atlas from atlas-app/. First run
npm run atlas:configure, which writes that folder. The command shows its plan, and changes only what it made itself. You
can repeat it. At the end it shows the state of each trigger.

  --dry-run            shows the plan, and changes nothing
  --app <folder>       another app folder than atlas-app

  ATLAS_PUBLIC_KEY     the public part of an Atlas API key with the role Project Owner
  ATLAS_PRIVATE_KEY    its private part
  ATLAS_PROJECT_ID     the project, 24 hex digits
  LAKE_RECEIVER_KEY    the receiver's function key. Not set: Atlas keeps the key it has. Empty: the receiver needs no
                       key
  LAKE_SIGNING_SECRET  whsec_…, one of the receiver's SIGNING_SECRETS. Not set: Atlas keeps its secret. Empty: no
                       signatures
  ATLAS_ADMIN_API      another address of the Admin API than https://services.cloud.mongodb.com/api/admin/v3.0`;

export const command: Command = {
  help,
  options: ['app'],
  flags: ['dry-run'],
  run: async ({ app = 'atlas-app', 'dry-run': dryRun }, { environment: variables, write }) => {
    const { environment, folder } = await readInput(variables, resolve(root, app));
    const api = await signIn(environment.access, givenSecrets(environment));
    const state = await readAppState(api, folder);
    const plan = planDeployment(folder, state, environment.secrets);
    if (plan.conflicts.length > 0) throw new CommandError(asProblems(plan.conflicts));

    write(`App ${folder.app.name} in project ${environment.access.projectId}, from ${app}\n`);
    write(`${plan.steps.map(lineOf).join('\n')}\n`);
    if (dryRun !== undefined) {
      write('Nothing was changed: --dry-run');
      return;
    }
    const appId = await applyPlan(plan, state, api, async (made) => {
      const states = await statesOf(folder, made, api);
      if (states.some(({ isHalted }) => isHalted)) showTriggers(states, 'begin the new loads', write);
    });
    showTriggers(await statesOf(folder, appId, api), 'confirm the deployment', write);
    write(`\n${summaryOf(plan)}`);
  },
};

/** Reports all problems at once, before the first request. */
async function readInput(
  variables: Environment,
  path: string,
): Promise<{ readonly environment: DeployEnvironment; readonly folder: AppFolder }> {
  const problems: string[] = [];
  const environment = readDeployEnvironment(variables, problems);
  const misread: string[] = [];
  const folder = readAppFolder(path, misread);
  problems.push(...(misread.length > 0 ? misread : [...checkAppFolder(folder), ...(await loadMistakes(folder))]));
  if (problems.length > 0) throw new CommandError(asProblems(problems));
  return { environment, folder };
}

/** The function would skip an entry with a mistake, and say so only in the log of Atlas. */
async function loadMistakes({ values }: AppFolder): Promise<readonly string[]> {
  const loads = values.find(({ name }) => name === initialLoadsValue)?.value;
  return hasLoads(loads) ? (await readEntries(loads)).mistakes : [];
}

function asProblems(problems: readonly string[]): string {
  return problems.map((text) => `Cannot deploy: ${text}`).join('\n');
}

function givenSecrets({ secrets }: DeployEnvironment): string[] {
  return [...secrets.values()].flatMap((setting) => (setting.kind === 'given' ? [setting.value] : []));
}

function lineOf({ action, kind, name, note = '' }: Step): string {
  return `  ${action.padEnd(6)}  ${kind.padEnd(11)}  ${name}${note === '' ? '' : `  (${note})`}`;
}

function summaryOf({ steps }: Plan): string {
  const made = steps.filter(isWrite);
  const sent = made.filter(({ action }) => action === 'set').length;
  if (made.length === 0) return 'Atlas agrees with the folder: nothing was changed';
  if (made.length === sent) return `Atlas agrees with the folder: only secrets were sent again (${sent})`;
  return `Done: ${made.length} changes, which are live now`;
}

async function statesOf({ triggers }: AppFolder, appId: string, api: AdminApi): Promise<TriggerState[]> {
  return triggerStates(triggers, await readTriggers(api, appId, new Set(triggers.map(({ name }) => name))));
}

/** Throws if a trigger does not run. */
function showTriggers(states: readonly TriggerState[], doing: string, write: (line: string) => void): void {
  const width = Math.max(...states.map(({ name }) => name.length));
  write(['Triggers:', ...states.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`)].join('\n'));
  const halted = states.filter(({ isHalted }) => isHalted).map(({ name }) => name);
  if (halted.length > 0)
    throw new CommandError(
      `\nCannot ${doing}: every trigger must run: these do not: ${halted.join(', ')}\n${resumeAdvice}`,
    );
}
