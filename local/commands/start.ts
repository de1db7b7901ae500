// npm start: the receiver on this machine, with a lake in a folder.

import { readSettings, type Settings } from '../../shared/app/settings.ts';
import { deadlineIn, endingWith } from '../../shared/async/deadline.ts';
import { folderWriter } from '../../shared/lake/folder/folder-writer.ts';
import type { LakeLocation } from '../../shared/lake/lake-url.ts';
import { buildBundle } from '../build.ts';
import { type Command, CommandError, codeOf } from '../command.ts';
import { loadFunctionsApp } from '../host/functions-app.ts';
import { type FunctionsHost, startFunctionsHost } from '../host/functions-host.ts';
import { lakeEnvironment } from '../lake-environment.ts';
import { root } from '../paths.ts';

const help = `npm start [-- --app <folder>]

Serves the functions on http://localhost:7071 and writes to a lake in ./lake, until Ctrl-C.

  PORT=8080 npm start       another port; 0 takes a free one
  LAKE_URL=… npm start      another lake; every setting of the README works as an environment variable
  --app <folder>            serves an app that is built already: a folder with host.json, package.json and the bundle`;

export const command: Command = {
  help,
  options: ['app'],
  run: async ({ app }, { write, stopped }) => {
    const { port, settings } = readEnvironment();
    await assertWritable(settings);
    if (app === undefined) await buildBundle();
    const host = await openHost(app ?? root, port);
    const stop = stopped();
    write(greeting(host, settings));
    await stop;
    write('Stopping: requests under way are finished first; Ctrl-C again ends them');
    await host.close();
    write('Stopped');
  },
};

/** Nothing set means the embedded lake. The functions read the same environment, later. */
function readEnvironment(): { readonly port: number; readonly settings: Settings } {
  Object.assign(process.env, lakeEnvironment(process.env));
  const portText = process.env['PORT']?.trim() || '7071';
  const port = /^\d{1,5}$/.test(portText) && Number(portText) < 65_536 ? Number(portText) : undefined;
  const read = readSettings(process.env);
  if (port !== undefined && read.kind === 'valid') return { port, settings: read.settings };
  const problems = [
    ...(port === undefined ? [`PORT must be a number from 0 to 65535: it is ${JSON.stringify(portText)}`] : []),
    ...(read.kind === 'invalid' ? read.problems : []),
  ];
  throw new CommandError(problems.map((problem) => `Cannot start: ${problem}`).join('\n'));
}

async function assertWritable({ lake: { location } }: Settings): Promise<void> {
  if (location.kind !== 'folder') return;
  try {
    // A dead network folder answers nothing, not even an error.
    using deadline = deadlineIn(5_000);
    await endingWith(deadline.signal, folderWriter(location.folder).check(deadline.signal));
  } catch (error) {
    throw new CommandError(
      `Cannot start: the lake's folder must be one that can be written to: ${JSON.stringify(location.folder)} (LAKE_URL): ${codeOf(error)}`,
    );
  }
}

async function openHost(folder: string, port: number): Promise<FunctionsHost> {
  try {
    return await startFunctionsHost(await loadFunctionsApp(folder), port);
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

function greeting({ port }: FunctionsHost, { lake, signingSecrets }: Settings): string {
  const url = `http://localhost:${port}/api/change-events`;
  const isSigned = signingSecrets.length > 0;
  const sample = `${isSigned ? 'SIGNING_SECRETS=whsec_… ' : ''}${port === 7071 ? '' : `PORT=${port} `}npm run sample`;
  const curl = `curl ${url} -H 'content-type: application/json' -d '${JSON.stringify(exampleEvent())}'`;
  return [
    `Atlas Lake Sync listens on ${url}`,
    `The lake is ${addressOf(lake.location)}; whether it answers: http://localhost:${port}/api/health. Ctrl-C stops.`,
    '',
    'Try it:',
    `  ${sample}`,
    // Whoever asks for signatures would be refused by a line that has none.
    ...(isSigned ? [] : [`  ${curl}`]),
    '',
  ].join('\n');
}

function addressOf(location: LakeLocation): string {
  if (location.kind === 'folder') return `the folder ${location.folder}`;
  return [location.dfsUrl, location.directory].filter((part) => part !== '').join('/');
}

function exampleEvent() {
  const t = Math.floor(Date.now() / 1000);
  return {
    _id: { _data: `82${t.toString(16).toUpperCase()}000000012B0429296E1404` },
    operationType: 'insert',
    clusterTime: { $timestamp: { t, i: 1 } },
    ns: { db: 'sample_mflix', coll: 'movies' },
    documentKey: { _id: { $oid: '573a1390f29313caabcd446f' } },
    fullDocument: { _id: { $oid: '573a1390f29313caabcd446f' }, title: 'A Corner in Wheat', year: 1909 },
  };
}
