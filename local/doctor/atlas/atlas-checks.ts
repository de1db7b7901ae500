// Compares the Atlas side with the app folder, as the plan of npm run atlas:deploy does. Writes nothing.
import type { AdminApi } from '../../atlas-deploy/admin-api.ts';
import { signIn, UnreachableError } from '../../atlas-deploy/admin-api.ts';
import { type AppFolder, readAppFolder } from '../../atlas-deploy/app-folder.ts';
import { type AppState, findApp, readApp } from '../../atlas-deploy/app-state.ts';
import { type DeployEnvironment, readDeployEnvironment } from '../../atlas-deploy/deploy-environment.ts';
import { checkAppFolder } from '../../atlas-deploy/folder-rules.ts';
import { planDeployment } from '../../atlas-deploy/plan.ts';
import { CommandError } from '../../command.ts';
import { type Check, type Checking, failed, leftOut, leftOutAfter, ok } from '../check.ts';
import { comparisons } from './app-comparison.ts';
import { checkOutbox, outboxName } from './outbox-check.ts';
import { checkTriggers } from './trigger-checks.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface AtlasInReach {
  readonly api: AdminApi;
  readonly appId: string;
  readonly state: AppState;
  readonly folder: AppFolder;
}

const names = { folder: 'app folder', key: 'Admin API key', app: 'app in Atlas', triggers: 'triggers' };
const variables = ['ATLAS_PUBLIC_KEY', 'ATLAS_PRIVATE_KEY', 'ATLAS_PROJECT_ID'];

const networkAdvice =
  'check the network, the DNS and the proxy of this machine (NODE_USE_ENV_PROXY=1 with HTTPS_PROXY). The key is not the cause';

/** Returns the app. Undefined if the app cannot be reached. */
export async function* checkAtlas(environment: Environment, path: string): Checking<AtlasInReach | undefined> {
  if (variables.every((name) => (environment[name] ?? '') === '')) {
    yield leftOut(
      names.key,
      'without an Admin API key the Atlas side is not checked',
      'export ATLAS_PUBLIC_KEY=… ATLAS_PRIVATE_KEY=… ATLAS_PROJECT_ID=…   (an API key with the role Project Owner)',
    );
    return undefined;
  }
  const problems: string[] = [];
  const deployment = readDeployEnvironment(environment, problems);
  if (problems.length > 0) {
    for (const problem of problems) yield failed(names.key, problem, `export ${/^\w+/.exec(problem)?.[0]}=…`);
    yield* leftOutAfter([names.app, names.triggers, outboxName], names.key);
    return undefined;
  }
  return yield* checkApp(deployment, path);
}

async function* checkApp(deployment: DeployEnvironment, path: string): Checking<AtlasInReach | undefined> {
  const misread: string[] = [];
  const folder = readAppFolder(path, misread);
  const problems = misread.length > 0 ? misread : checkAppFolder(folder);
  if (problems.length > 0) {
    for (const problem of problems) yield failed(names.folder, problem, 'npm run atlas:configure');
    yield* leftOutAfter([names.key, names.app, names.triggers, outboxName], names.folder);
    return undefined;
  }
  yield ok(
    names.folder,
    `${folder.functions.length} functions and ${folder.triggers.length} triggers for ${folder.app.name}`,
  );
  try {
    return yield* checkReached(deployment, folder);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    yield failed(names.app, error.message, 'npm run atlas:deploy -- --dry-run');
    yield* leftOutAfter([names.triggers, outboxName], names.app);
    return undefined;
  }
}

async function* checkReached(deployment: DeployEnvironment, folder: AppFolder): Checking<AtlasInReach | undefined> {
  const api = await signInOrTell(deployment);
  if ('outcome' in api) {
    yield api;
    yield* leftOutAfter([names.app, names.triggers, outboxName], names.key);
    return undefined;
  }
  yield ok(names.key, `signs in to project ${deployment.access.projectId}`);
  const appId = await findApp(api, folder.app.name);
  if (appId === undefined) {
    yield failed(names.app, `the project must have the app ${folder.app.name}: it is missing`, 'npm run atlas:deploy');
    yield* leftOutAfter([names.triggers, outboxName], names.app);
    return undefined;
  }
  yield ok(names.app, `${folder.app.name} exists`);
  const state = await readApp(api, appId, folder);
  // The comparison needs no secrets: it only looks whether Atlas has them.
  yield* comparisons(planDeployment(folder, state, new Map()));
  yield* checkTriggers(api, appId, state, folder);
  yield await checkOutbox(api, appId);
  return { api, appId, state, folder };
}

async function signInOrTell({ access, secrets }: DeployEnvironment): Promise<AdminApi | Check> {
  const given = [...secrets.values()].flatMap((setting) => (setting.kind === 'given' ? [setting.value] : []));
  try {
    return await signIn(access, given);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // The key is not the cause: no server has seen it.
    if (error instanceof UnreachableError) return failed(names.key, error.message, networkAdvice);
    return failed(
      names.key,
      error.message,
      'export ATLAS_PUBLIC_KEY=… ATLAS_PRIVATE_KEY=… of an API key of the project, and add this address to its access list',
    );
  }
}
