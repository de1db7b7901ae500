// Runs npm run atlas:deploy as a person does, against our own Admin API.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { command } from '../../local/commands/atlas-deploy.ts';
import { type AdminApiServer, startAdminApi } from './admin-api.ts';
import type { AdminApp } from './admin-app.ts';
import { type Files, temporaryAppFolder } from './app-folders.ts';
import { performed } from './commands.ts';
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
  ) => Promise<{ readonly code: number | null; readonly output: string }>;
}

export async function setUp(t: TestContext, { clusters, files }: Options = {}): Promise<SetUp> {
  const api = await startAdminApi(t, clusters);
  const folder = await temporaryAppFolder(t, files);
  return {
    api,
    folder,
    deploy: async (environment = {}, ...args) => {
      const told = await performed(
        command,
        { ...api.environment, ...secrets, ...environment },
        '--app',
        folder,
        ...args,
      );
      // Holds in every test: no output may contain a secret.
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
