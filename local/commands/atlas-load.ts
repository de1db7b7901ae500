// npm run atlas:load: starts, watches, pauses and resumes initial loads in Atlas, through the App Services Admin API.
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type AdminApi, signIn } from '../atlas-deploy/admin-api.ts';
import { readAppFolder } from '../atlas-deploy/app-folder.ts';
import { findApp } from '../atlas-deploy/app-state.ts';
import { readDeployEnvironment } from '../atlas-deploy/deploy-environment.ts';
import { applyChange, readLoads } from '../atlas-load/apply-change.ts';
import { lineOf } from '../atlas-load/load-lines.ts';
import { changeKinds, readLoadChange } from '../atlas-load/read-load-change.ts';
import { watchLoads } from '../atlas-load/watch-loads.ts';
import { type Command, CommandError } from '../command.ts';
import { root } from '../paths.ts';
import { progress } from '../progress.ts';

const help = `npm run atlas:load [-- --start <database>.<collection> | --pause … | --resume … | --restart …] [--watch]

Loads the documents from before the trigger. The function loadCollection does the work in Atlas, each minute. Without
an option the command shows every load. Run npm run atlas:deploy first, and turn the trigger on. docs/initial-load.md
has more.

  --start <db>.<coll>     begins a load
  --pause <db>.<coll>     pauses a load at the next minute; it keeps its position
  --resume <db>.<coll>    continues a paused load
  --restart <db>.<coll>   begins a load again, with a new T0
  --rate <number>         with --start, --resume and --restart: the most documents per second
  --shard-key <a>,<b>     with --start and --restart: the fields of a sharded collection's key, in order
  --watch                 shows the progress until all loads have ended; Ctrl-C ends only the command
  --app <folder>          another app folder than atlas-app

  ATLAS_PUBLIC_KEY, ATLAS_PRIVATE_KEY, ATLAS_PROJECT_ID, ATLAS_ADMIN_API   as for npm run atlas:deploy

Exit code: 0, 1 after an error or if a load has failed, 130 after Ctrl-C.`;

const lookEveryMs = 10_000;

export const command: Command = {
  help,
  options: [...changeKinds, 'rate', 'shard-key', 'app'],
  flags: ['watch'],
  run: async (options, { environment, write, stopped }) => {
    const { app = 'atlas-app', watch } = options;
    const problems: string[] = [];
    const change = readLoadChange(options, problems);
    const { access } = readDeployEnvironment(environment, problems);
    const folder = readAppFolder(resolve(root, app), problems);
    if (problems.length > 0) throw new CommandError(problems.map((text) => `Cannot load: ${text}`).join('\n'));
    const api = await signIn(access, []);
    const appId = await appIdOf(api, folder.app.name);

    if (change !== undefined) write(await applyChange(api, appId, change));
    const look = () => readLoads(api, appId);
    const watching = { look, bar: progress(), pause: () => pause(lookEveryMs) };
    const loads = watch === undefined ? await look() : await watchLoads({ ...watching, stopped: stopped() });
    if (loads === undefined) {
      write('The command has stopped. The loads continue in Atlas: npm run atlas:load shows them');
      return 130;
    }
    write(
      loads.length === 0
        ? 'There is no load: --start <database>.<collection> begins one'
        : loads.map(lineOf).join('\n'),
    );
    return loads.some(({ state }) => state === 'failed' || state === 'mistake') ? 1 : 0;
  },
};

async function appIdOf(api: AdminApi, name: string): Promise<string> {
  const appId = await findApp(api, name);
  if (appId !== undefined) return appId;
  throw new CommandError(
    `Cannot load: the project must have the app ${name}: it is missing: npm run atlas:deploy creates it`,
  );
}
