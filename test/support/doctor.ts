// Runs npm run doctor as a person does, on an app in Atlas from npm run atlas:deploy.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { signIn } from '../../local/atlas-deploy/admin-api.ts';
import { readAppFolder } from '../../local/atlas-deploy/app-folder.ts';
import { readAppState } from '../../local/atlas-deploy/app-state.ts';
import { applyPlan } from '../../local/atlas-deploy/apply.ts';
import { readDeployEnvironment } from '../../local/atlas-deploy/deploy-environment.ts';
import { planDeployment } from '../../local/atlas-deploy/plan.ts';
import { command } from '../../local/commands/doctor.ts';
import type { Check } from '../../local/doctor/check.ts';
import { isRecord } from '../../shared/json/record.ts';
import { type AdminApiServer, startAdminApi } from './admin-api.ts';
import type { AdminApp } from './admin-app.ts';
import { type Files, temporaryAppFolder } from './app-folders.ts';
import { type Performed, performed } from './commands.ts';
import { secret } from './deliveries.ts';

export interface DeployedAtlas {
  readonly api: AdminApiServer;
  readonly app: AdminApp;
  readonly folder: string;
  /** Changes members of a trigger's config, as a person does in the UI. */
  readonly configure: (trigger: string, changed: Readonly<Record<string, unknown>>) => void;
}

const secrets = { LAKE_RECEIVER_KEY: 'function-key-of-the-receiver==', LAKE_SIGNING_SECRET: secret };

export async function deployedAtlas(t: TestContext, files: Files = {}): Promise<DeployedAtlas> {
  const api = await startAdminApi(t);
  const folder = await temporaryAppFolder(t, files);
  await deploy(api, folder);
  const [app] = api.apps();
  assert(app !== undefined);
  return {
    api,
    app,
    folder,
    configure: (name, changed) => {
      const config = app.named('triggers', name)?.['config'];
      app.put('triggers', { name, config: { ...(isRecord(config) ? config : {}), ...changed } });
    },
  };
}

/** Does the work of the command in this process. */
async function deploy({ environment }: AdminApiServer, path: string): Promise<void> {
  const problems: string[] = [];
  const { access, secrets: settings } = readDeployEnvironment({ ...environment, ...secrets }, problems);
  const folder = readAppFolder(path, problems);
  assert.deepEqual(problems, []);
  const session = await signIn(access, []);
  const state = await readAppState(session, folder);
  const plan = planDeployment(folder, state, settings);
  assert.deepEqual(plan.conflicts, []);
  await applyPlan(plan, state, session, async () => undefined);
}

export function runDoctor(environment: Readonly<Record<string, string>>, ...args: string[]): Promise<Performed> {
  return performed(command, environment, ...args);
}

/** The output of `--json`. */
export function readReport({ output }: Performed): { readonly ok: boolean; readonly checks: readonly Check[] } {
  return JSON.parse(output);
}
