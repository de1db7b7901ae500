// Checks the app folder before the first request, because an incomplete app loses events.

import { isRecord } from '../../shared/json/record.ts';
import { isThisMachine } from '../../shared/lake/this-machine.ts';
import { type AppFolder, firstLineOf } from './app-folder.ts';
import { isSafe, secretVariables } from './deploy-environment.ts';
import { hasLoads, initialLoadsValue, nameOf } from './initial-loads.ts';
import { isWatching } from './watching-trigger.ts';

const configure = 'npm run atlas:configure writes it';

export function checkAppFolder(folder: AppFolder): string[] {
  return [
    ...urlProblems(folder),
    ...nameProblems(folder),
    ...functionProblems(folder),
    ...linkProblems(folder),
    ...loadProblems(folder),
  ];
}

/** A receiver on this machine needs no function key. */
export function isLocalReceiver(folder: AppFolder): boolean {
  const url = receiverUrlOf(folder);
  return url !== undefined && isThisMachine(url.hostname);
}

function receiverUrlOf({ values }: AppFolder): URL | undefined {
  const text = values.find(({ name }) => name === 'lakeReceiverUrl')?.value;
  return typeof text === 'string' ? (URL.parse(text) ?? undefined) : undefined;
}

/** Shows an address without its query, because an address from the Azure portal has its key there. */
function urlProblems(folder: AppFolder): string[] {
  const text = folder.values.find(({ name }) => name === 'lakeReceiverUrl')?.value;
  if (typeof text !== 'string') return [`lakeReceiverUrl must be a value in values/: it is missing: ${configure}`];
  if (/[<>]/.test(text))
    return [
      `lakeReceiverUrl must be the receiver's address: it is still a placeholder: set "receiverUrl" in lake-sync.json, and ${configure}`,
    ];
  const url = URL.parse(text);
  if (url !== null && isSafe(url)) return [];
  const found = url === null ? 'not an address' : JSON.stringify(`${url.origin}${url.pathname}`);
  return [`lakeReceiverUrl must be an https:// address (http:// on this machine only): it is ${found}: ${configure}`];
}

function nameProblems(folder: AppFolder): string[] {
  const names = [...folder.values, ...folder.functions, ...folder.triggers].map(({ name }) => name);
  const wrong = [folder.app.name, ...names].filter(
    (name) => name !== '' && !/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name),
  );
  return wrong.map((name) => `names must be 1 to 64 of A-Z a-z 0-9 _ -: one is ${JSON.stringify(name)}`);
}

function functionProblems({ functions }: AppFolder): string[] {
  const wrong = functions.filter(({ name, source }) => source.split(/\r?\n/, 1)[0] !== firstLineOf(name));
  return wrong.map(
    ({ name }) => `functions/${name}.js must begin with the line ${JSON.stringify(firstLineOf(name))}: it does not`,
  );
}

function linkProblems({ sources, values, functions, triggers }: AppFolder): string[] {
  const placeholders = sources.filter(({ clusterName }) => /[<>]/.test(clusterName));
  const unknownSecrets = values.filter(({ value, fromSecret }) => fromSecret && !secretVariables.has(String(value)));
  const noSource = triggers.filter(
    ({ type, sourceName }) => type === 'DATABASE' && !sources.some(({ name }) => name === sourceName),
  );
  const noFunction = triggers.filter(({ functionName }) => !functions.some(({ name }) => name === functionName));
  return [
    ...placeholders.map(
      ({ name }) =>
        `data source ${name} must name a cluster: it is still a placeholder: set "cluster" in lake-sync.json, and ${configure}`,
    ),
    ...unknownSecrets.map(
      ({ name }) => `value ${name} must be from the secret ${[...secretVariables.keys()].join(' or ')}: it is not`,
    ),
    ...noSource.map(({ name }) => `trigger ${name} must watch a data source of the folder: its "service_name" differs`),
    ...noFunction.map(({ name }) => `trigger ${name} must call a function of the folder: its "function_name" differs`),
  ];
}

/** Without its trigger, a load copies documents whose later changes are lost. */
function loadProblems({ values, triggers }: AppFolder): string[] {
  const loads = values.find(({ name }) => name === initialLoadsValue)?.value;
  const entries = hasLoads(loads) ? loads.filter(isRecord) : [];
  return entries.flatMap((entry) => {
    const watching = triggers.filter((trigger) => isWatching(trigger, entry));
    if (watching.some(({ disabled }) => !disabled)) return [];
    const found = watching.length === 0 ? 'missing' : 'disabled';
    return [`the load of ${nameOf(entry)} must have a trigger that is on: it is ${found}`];
  });
}
