// Reads the addresses of Azure Data Lake Storage Gen2, of OneLake and of an emulator.

import { decoded, type LocationProblem, problem } from '../location-problem.ts';
import { isPathSegment, maxPathLength, maxPathSegments } from '../path-rules.ts';
import { isThisMachine } from '../this-machine.ts';

export interface AzureLocation {
  readonly kind: 'azure';
  readonly account: string;
  readonly container: string;
  readonly directory: string;
  /** The container at the Blob endpoint, and at the Data Lake endpoint. */
  readonly blobUrl: string;
  readonly dfsUrl: string;
}

type ReadAzureLocation = AzureLocation | LocationProblem;

export function readAzureLocation(text: string): ReadAzureLocation {
  const url = URL.parse(text);
  const readLocation = url === null ? undefined : readers.get(url.protocol);
  if (url === null || readLocation === undefined) return problem('an abfss://, https:// or file: address');
  if (url.search !== '' || url.hash !== '')
    return problem('an address without a query: a shared access signature is not supported');
  if (url.password !== '') return problem('an address without a password');
  return changesWhenParsed.test(text) ? plainLevels : readLocation(url);
}

/**
 * The URL parser resolves `..` and `%2e%2e`, turns `\` into `/` and drops line breaks. The result is another directory.
 */
const changesWhenParsed = /[\\\p{Cc}]|\/(?:\.|%2e){1,2}(?:\/|$)/iu;

const readers: ReadonlyMap<string, (url: URL) => ReadAzureLocation> = new Map([
  ['abfss:', abfssLocation],
  ['https:', httpsLocation],
  ['http:', emulatorLocation],
]);

function abfssLocation(url: URL): ReadAzureLocation {
  // For abfss, the URL parser does not lower-case or check the host. As https, it does.
  const asHttps = URL.parse(`https://${url.host}/${url.username}${url.pathname}`);
  return url.username === '' || asHttps === null
    ? problem('abfss://<container>@<account>.dfs.core.windows.net/<directory>')
    : httpsLocation(asHttps);
}

function httpsLocation(url: URL): ReadAzureLocation {
  if (url.username !== '') return problem('an https:// address without a name before the host');
  const account = dfsHost.exec(url.hostname)?.[1];
  if (account === undefined) return problem('an address of a Data Lake endpoint, <account>.dfs.core.windows.net');
  const isOneLake = url.hostname.includes('.dfs.fabric.microsoft.');
  return azureLocation(account, url.origin, url.origin.replace('.dfs.', '.blob.'), url.pathname, isOneLake);
}

/** The account, the DNS zone that some accounts have, and the endpoint of any cloud. */
const dfsHost = /^([a-z0-9-]+)\.(?:[a-z0-9-]+\.)?dfs\.[a-z0-9.-]*[a-z0-9]$/;

function emulatorLocation(url: URL): ReadAzureLocation {
  if (!isThisMachine(url.hostname)) return problem('https:// (http:// is only for an emulator on this machine)');
  const [, account = '', ...rest] = url.pathname.split('/');
  if (account === '' || url.username !== '')
    return problem('http://127.0.0.1:<port>/<account>/<container>/<directory>');
  return azureLocation(account, `${url.origin}/${account}`, `${url.origin}/${account}`, `/${rest.join('/')}`, false);
}

function azureLocation(
  account: string,
  dfs: string,
  blob: string,
  pathname: string,
  isOneLake: boolean,
): ReadAzureLocation {
  const path = decoded(pathname.replace(/^\//, '').replace(/\/+$/, ''));
  if (path === undefined) return problem('an address whose percent signs are escapes');
  const [container = '', ...segments] = path.split('/');
  // OneLake has workspaces instead of containers. Their names can have almost any character.
  if (isOneLake && !/^\P{Cc}+$/u.test(container))
    return problem('https://onelake.dfs.fabric.microsoft.com/<workspace>/<item>/Files/<directory>');
  if (!isOneLake && !/^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/.test(container))
    return problem('an address with a container of 3 to 63 lower-case letters, digits and single hyphens');
  const directory = segments.join('/');
  if (!segments.every(isPathSegment)) return plainLevels;
  if (directory.length > maxDirectoryLength || segments.length > maxDirectorySegments)
    return problem(
      `an address with a directory of at most ${maxDirectoryLength} characters and ${maxDirectorySegments} levels`,
    );
  const inUrl = encodeURIComponent(container);
  return { kind: 'azure', account, container, directory, blobUrl: `${blob}/${inUrl}`, dfsUrl: `${dfs}/${inUrl}` };
}

/** The rest of the longest path after the longest names of an event. */
const maxDirectoryLength = maxPathLength - 424;
const maxDirectorySegments = maxPathSegments - 9;

const plainLevels = problem('an address whose directory has no empty, dotted or unprintable level');
