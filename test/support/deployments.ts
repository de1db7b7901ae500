// npm run atlas:deploy as a person runs it, against an Admin API of our own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { root } from '../../local/paths.ts';
import { type AdminApiServer, startAdminApi } from './admin-api.ts';
import type { AdminApp } from './admin-app.ts';
import { type Files, temporaryAppFolder } from './app-folders.ts';
import { secret } from './deliveries.ts';

const receiverKey = 'function-key-of-the-receiver==';
const secrets = { LAKE_RECEIVER_KEY: receiverKey, LAKE_SIGNING_SECRET: secret };

interface Options {
  readonly clusters?: readonly string[];
  readonly files?: Files;
}

interface SetUp {
  readonly api: AdminApiServer;
  readonly folder: string;
  readonly deploy: (
    environment?: Readonly<Record<string, string | undefined>>,
    ...args: string[]
  ) => Promise<{ readonly code: number; readonly output: string }>;
}

export async function setUp(t: TestContext, { clusters, files }: Options = {}): Promise<SetUp> {
  const api = await startAdminApi(t, clusters);
  const folder = await temporaryAppFolder(t, files);
  return {
    api,
    folder,
    deploy: async (environment = {}, ...args) => {
      const told = await runDeploy({ ...api.environment, ...secrets, ...environment }, '--app', folder, ...args);
      // Whatever a test is about: nothing that is printed may carry a secret.
      for (const hidden of [secret, receiverKey, String(api.environment['ATLAS_PRIVATE_KEY']), 'token-of-this-session'])
        assert(!told.output.includes(hidden), told.output);
      return told;
    },
  };
}

export function onlyApp(api: AdminApiServer): AdminApp {
  const [app] = api.apps();
  assert(app !== undefined && api.apps().length === 1);
  return app;
}

function runDeploy(environment: Readonly<Record<string, string | undefined>>, ...args: string[]) {
  const script = join(root, 'local', 'commands', 'atlas-deploy.ts');
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
  return new Promise<{ code: number; output: string }>((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}
