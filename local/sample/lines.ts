// The text that a person reads after the story.
import type { Environment } from '../../shared/app/setting-reader.ts';
import { readSettings } from '../../shared/app/settings.ts';
import { textTable } from '../query/text-table.ts';
import type { Played } from './play.ts';
import type { Namespace } from './story.ts';

/** Shows the folder once if all files are in it: paths are long, and terminals are narrow. */
export function playedLines(played: readonly Played[], lake: string | undefined): string[] {
  const folders = new Set(played.map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1)));
  const [folder = ''] = folders.size === 1 ? folders : [];
  const rows = played.map(({ operation, told, outcome, path }) => [
    operation,
    told,
    outcome,
    path.slice(folder.length),
  ]);
  const where = `${lake === undefined ? '' : `${lake}/`}${folder}`;
  return [
    ...textTable(['operation', 'what happens', 'outcome', 'file'], rows, undefined),
    ...(where === '' ? [] : ['', `The files are in ${where}`]),
  ];
}

/** Other people read this lake. So the lines name the sample's files, and show how to remove them. */
export function cleanUpLines(played: readonly Played[], { db }: Namespace, environment: Environment): string[] {
  const [{ path = '' } = {}] = played;
  const { account, container } = placeOf(environment);
  const folders = path.split('/');
  const depth = folders.indexOf(db);
  const inContainer = `--file-system ${container} --account-name ${account} --auth-mode login --yes`;
  const stored = new Set(played.map((one) => one.path));
  const commands =
    depth === -1
      ? [...stored].map((file) => `  az storage fs file delete --path ${file} ${inContainer}`)
      : [`  az storage fs directory delete --name ${folders.slice(0, depth + 1).join('/')} ${inContainer}`];
  return [
    '',
    `These files are in a lake that others may read, in a namespace of their own (${db}). To remove them:`,
    ...commands,
  ];
}

function placeOf(environment: Environment): { readonly account: string; readonly container: string } {
  const read = readSettings(environment);
  const location = read.kind === 'valid' ? read.settings.lake.location : undefined;
  if (location?.kind !== 'azure') return { account: '<account>', container: '<container>' };
  const { hostname, pathname } = new URL(location.dfsUrl);
  return { account: hostname.split('.')[0] ?? '<account>', container: pathname.split('/')[1] ?? '<container>' };
}
