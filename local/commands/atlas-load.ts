// npm run atlas:load: starts, watches, pauses and resumes initial loads in Atlas, through the App Services Admin API.
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { signIn } from '../atlas-deploy/admin-api.ts';
import { readAppFolder } from '../atlas-deploy/app-folder.ts';
import { findApp } from '../atlas-deploy/app-state.ts';
import { readDeployEnvironment } from '../atlas-deploy/deploy-environment.ts';
import { changeLoads, type LoadChange } from '../atlas-load/change-loads.ts';
import { lineOf, loadsOf } from '../atlas-load/load-lines.ts';
import { readLoadStates, readWanted, writeWanted } from '../atlas-load/loads-in-atlas.ts';
import { watchLoads } from '../atlas-load/watch-loads.ts';
import { type Command, CommandError, type Options } from '../command.ts';
import { readNamespace } from '../load/read-load-options.ts';
import { root } from '../paths.ts';
import { progress } from '../progress.ts';

const help = `npm run atlas:load [-- --start <database>.<collection> | --pause … | --resume … | --restart …] [--watch]

Loads the documents from before the trigger. The work is done in Atlas: the function loadCollection continues each minute.
Without an option the command shows every load. First run npm run atlas:deploy. The trigger must be on.
docs/initial-load.md has more.

  --start <db>.<coll>     begins a load
  --pause <db>.<coll>     stops a load at the next minute; it keeps its place
  --resume <db>.<coll>    continues a load
  --restart <db>.<coll>   begins a load again, with a new T0
  --rate <number>         with --start and --restart: most documents per second
  --shard-key <a>,<b>     with --start and --restart: the fields of a sharded collection's key, in order
  --watch                 shows the progress until all loads have ended
  --app <folder>          another app folder than atlas-app

  ATLAS_PUBLIC_KEY, ATLAS_PRIVATE_KEY, ATLAS_PROJECT_ID, ATLAS_ADMIN_API   as for npm run atlas:deploy

Ends with 1 if a load has failed.`;

const lookEveryMs = 5_000;
const kinds = ['start', 'pause', 'resume', 'restart'] as const;

export const command: Command = {
  help,
  options: [...kinds, 'rate', 'shard-key', 'app'],
  flags: ['watch'],
  run: async (options, { environment, write, stopped }) => {
    const { app = 'atlas-app', watch } = options;
    const problems: string[] = [];
    const change = readChange(options, problems);
    const { access } = readDeployEnvironment(environment, problems);
    const folder = readAppFolder(resolve(root, app), problems);
    if (problems.length > 0) throw new CommandError(problems.map((text) => `Cannot load: ${text}`).join('\n'));
    const api = await signIn(access, []);
    const appId = await findApp(api, folder.app.name);
    if (appId === undefined)
      throw new CommandError(
        `Cannot load: the project must have the app ${folder.app.name}: it is missing: npm run atlas:deploy creates it`,
      );

    const wanted = await readWanted(api, appId);
    const entries = change === undefined ? wanted.entries : changeLoads(wanted.entries, change, new Date());
    if (change !== undefined) {
      await writeWanted(api, appId, wanted, entries);
      write(`The load of ${change.database}.${change.collection}: ${change.kind}, at the next minute`);
    }
    const look = async () => loadsOf(entries, await readLoadStates(api, appId));
    const loads = watch === undefined ? await look() : await watchLoads(look, progress(), lookLater(stopped()));
    write(
      loads.length === 0
        ? 'There is no load: --start <database>.<collection> begins one'
        : loads.map(lineOf).join('\n'),
    );
    return loads.some(({ state }) => state === 'failed') ? 1 : 0;
  },
};

function readChange(options: Options, problems: string[]): LoadChange | undefined {
  const given = kinds.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (given.length > 1)
    problems.push(`only one of ${given.map((one) => `--${one}`).join(', ')} must be given: there are ${given.length}`);
  const { rate, 'shard-key': shardKey } = options;
  const isBeginning = kind === 'start' || kind === 'restart';
  if (!isBeginning && (rate !== undefined || shardKey !== undefined))
    problems.push('--rate and --shard-key must come with --start or --restart: both are missing');
  if (rate !== undefined && !(Number(rate) > 0 && Number.isFinite(Number(rate))))
    problems.push(`--rate must be a number above 0: it is ${JSON.stringify(rate)}`);
  if (kind === undefined) return undefined;
  const namespace = readNamespace(options[kind]);
  if (typeof namespace === 'string') {
    problems.push(namespace.replace('--namespace', `--${kind}`));
    return undefined;
  }
  return {
    kind,
    ...namespace,
    ...(rate === undefined ? {} : { documentsPerSecond: Number(rate) }),
    ...(shardKey === undefined ? {} : { shardKey: shardKey.split(',') }),
  };
}

/** False if somebody has asked the command to end. */
function lookLater(stopped: Promise<unknown>): () => Promise<boolean> {
  let isStopped = false;
  const stopping = stopped.then(() => {
    isStopped = true;
  });
  return async () => {
    await Promise.race([pause(lookEveryMs), stopping]);
    return !isStopped;
  };
}
