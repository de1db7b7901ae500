// npm start: runs the receiver on this machine, with a lake in a folder.

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { laptopMark } from '../../shared/app/laptop.ts';
import { readSettings, type Settings } from '../../shared/app/settings.ts';
import { codeOf } from '../../shared/lake/fault.ts';
import { openReader } from '../../shared/lake/open-lake.ts';
import { buildBundle } from '../build.ts';
import { type Command, CommandError, reasonOf } from '../command.ts';
import { addressOf, greeting } from '../greeting.ts';
import { type FunctionsApp, loadFunctionsApp } from '../host/functions-app.ts';
import { type FunctionsHost, startFunctionsHost } from '../host/functions-host.ts';
import { type LocalRoute, localRoutes } from '../host/local-routes.ts';
import { lakeEnvironment } from '../lake-environment.ts';
import { root } from '../paths.ts';
import { readPort } from '../port.ts';
import { assertWritable } from '../writable-folder.ts';

const help = `npm start [-- --app <folder>]

Serves the functions on http://localhost:7071, with a lake in ./lake, until Ctrl-C. The status page is /api/status.

  PORT=8080 npm start       another port; 0 takes a free one
  LAKE_URL=… npm start      another lake; every setting of the README works as an environment variable
  --app <folder>            serves an app that is already built: a folder with host.json, package.json and the bundle`;

export const command: Command = {
  help,
  options: ['app'],
  run: async ({ app }, { write, note, stopped }) => {
    const { port, settings } = readEnvironment();
    const { location } = settings.lake;
    if (location.kind === 'folder') await assertWritable(location.folder);
    if (app === undefined) {
      note('Building the app, which takes a few seconds …');
      await buildBundle();
    }
    const local = localRoutes({ address: addressOf(settings), reader: await openReader(settings.lake) }, process.env);
    const host = await openHost(app ?? root, port, local);
    const stop = stopped();
    write(greeting(host.port, settings));
    await stop;
    write('Stopping: open requests finish first; Ctrl-C again ends them');
    await host.close();
    write('Stopped');
  },
};

/** Adds the embedded lake if no lake is set. The functions read the same environment later. */
function readEnvironment(): { readonly port: number; readonly settings: Settings } {
  Object.assign(process.env, lakeEnvironment(process.env));
  process.env[laptopMark] = 'yes';
  const port = readPort(process.env);
  const read = readSettings(process.env);
  if (typeof port === 'number' && read.kind === 'valid') return { port, settings: read.settings };
  const problems = [...(typeof port === 'string' ? [port] : []), ...(read.kind === 'invalid' ? read.problems : [])];
  throw new CommandError(problems.map((problem) => `Cannot start: ${problem}`).join('\n'));
}

async function openHost(folder: string, port: number, local: LocalRoute): Promise<FunctionsHost> {
  try {
    return await startFunctionsHost(await loadApp(folder), port, local);
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE')
      throw new CommandError(
        `Cannot start: port ${port} must be free: another program uses it. Choose one: PORT=7072 npm start`,
      );
    if (codeOf(error) === 'EACCES')
      throw new CommandError(`Cannot start: port ${port} must be one that you may use: PORT=7071 npm start`);
    throw error;
  }
}

async function loadApp(folder: string): Promise<FunctionsApp> {
  for (const file of ['host.json', 'package.json'])
    await access(join(folder, file)).catch((error: unknown) => {
      throw new CommandError(
        `Cannot start: --app must be a folder with host.json, package.json and the bundle: ${join(folder, file)}: ${reasonOf(error)}`,
      );
    });
  return await loadFunctionsApp(folder);
}
