// The text of npm start when it listens: where to look, where the lake is, and what to type next.
import type { Settings } from '../shared/app/settings.ts';
import { defaultPort } from './port.ts';

export function greeting(port: number, settings: Settings): string {
  const url = `http://localhost:${port}/api`;
  const isSigned = settings.signingSecrets.length > 0;
  const isFolder = settings.lake.location.kind === 'folder';
  const sample = `${isSigned ? 'SIGNING_SECRETS=whsec_… ' : ''}${port === defaultPort ? '' : `PORT=${port} `}npm run sample`;
  const curl = `curl ${url}/change-events -H 'content-type: application/json' -d '${JSON.stringify(exampleEvent())}'`;
  return [
    `See what comes in: ${url}/status`,
    `Atlas Lake Sync listens on ${url}/change-events`,
    `The lake is ${isFolder ? 'the folder ' : ''}${addressOf(settings)}; to check it: ${url}/health. Ctrl-C stops.`,
    ...(isFolder ? ['Its folder .staging holds unfinished files; readers skip it.'] : []),
    isSigned
      ? 'Signatures are on: only requests signed with SIGNING_SECRETS are stored.'
      : 'Signatures are off: everybody who can reach this port can store events. SIGNING_SECRETS turns them on.',
    '',
    'Try it, in another terminal:',
    `  ${sample}`,
    // With signatures on, the receiver refuses an unsigned request.
    ...(isSigned ? [] : [`  ${curl}`]),
    '',
  ].join('\n');
}

export function addressOf({ lake: { location } }: Pick<Settings, 'lake'>): string {
  if (location.kind === 'folder') return location.folder;
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
