// The routes under /local/ of npm start: the status page uses them on a laptop. They are not in the bundle, so a
// deployed app cannot show the content of a file.
import type { IncomingMessage } from 'node:http';
import type { HttpResponseInit } from '@azure/functions';
import type { Environment } from '../../shared/app/setting-reader.ts';
import type { LakeReader } from '../../shared/lake/lake.ts';
import { isThisMachine } from '../../shared/lake/this-machine.ts';
import { CommandError } from '../command.ts';
import { playStory } from '../sample/play.ts';
import { namespaceHere } from '../sample/story.ts';

export interface LocalLake {
  /** In a form for people. */
  readonly address: string;
  readonly reader: LakeReader;
}

export type LocalRoute = (request: IncomingMessage, url: URL, port: number) => Promise<HttpResponseInit>;

/** The most that a person reads of a file. */
const maxShownBytes = 262_144;
const readMs = 5_000;

export function localRoutes({ address, reader }: LocalLake, environment: Environment): LocalRoute {
  return async (request, url, port) => {
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /local/lake':
        return { body: address };
      case 'GET /local/file':
        return await fileAt(url.searchParams.get('path') ?? '');
      case 'POST /local/sample':
        return await sample(`http://localhost:${port}/api/change-events`);
      default:
        return { status: 404 };
    }
  };

  async function fileAt(path: string): Promise<HttpResponseInit> {
    try {
      const range = { start: 0, end: maxShownBytes };
      const bytes = await reader.read(path, AbortSignal.timeout(readMs), range);
      if (bytes === undefined) return { status: 404, body: 'This file is not in the lake.' };
      const more = bytes.length === maxShownBytes ? '\n… (only the beginning is shown)' : '';
      return { body: `${Buffer.from(bytes)}${more}`, headers: { 'cache-control': 'no-store' } };
    } catch {
      return { status: 400, body: 'This file cannot be read.' };
    }
  }

  async function sample(endpoint: string): Promise<HttpResponseInit> {
    try {
      const played = await playStory(endpoint, environment, namespaceHere);
      const stored = played.filter(({ outcome }) => outcome === 'stored').length;
      return { body: `${played.length} events sent: ${stored} stored, ${played.length - stored} already stored.` };
    } catch (error) {
      if (error instanceof CommandError) return { status: 503, body: error.message };
      throw error;
    }
  }
}

/**
 * True if a page of this host asks, or a program. Another site must not read files through a person's browser. It can
 * send a request, or give this machine a name of its own.
 */
export function isAskedFromHere({ headers }: IncomingMessage): boolean {
  const host = URL.parse(`http://${headers.host}`)?.hostname ?? '';
  const site = headers['sec-fetch-site'] ?? 'none';
  // Old browsers send the origin alone.
  const isOwnOrigin = headers.origin === undefined || headers.origin === `http://${headers.host}`;
  return isThisMachine(host) && isOwnOrigin && ['same-origin', 'none'].includes(String(site));
}
