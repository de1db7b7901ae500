// The surfaces of commands: their output, with keys in the environment and servers that repeat each request.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { command as configure } from '../../local/commands/atlas-configure.ts';
import { command as deploy } from '../../local/commands/atlas-deploy.ts';
import { command as load } from '../../local/commands/load.ts';
import { command as sample } from '../../local/commands/sample.ts';
import { command as verify } from '../../local/commands/verify.ts';
import { startAdminApi } from './admin-api.ts';
import { temporaryAppFolder } from './app-folders.ts';
import { canaries, canaryEvent, signingSecret } from './canary.ts';
import { type Performed, performed } from './commands.ts';
import { appFolder, smallSync } from './configure.ts';
import { temporaryFolder } from './lakes.ts';
import type { Surface, Told } from './secrecy-table.ts';
import { bodyOf, forwardTo, type Serve, served } from './storage-faults.ts';

type Way = (t: TestContext) => Promise<Told>;

const told = { RECEIVER_KEY: canaries.functionKey, SIGNING_SECRETS: signingSecret };
const keys = {
  ATLAS_PUBLIC_KEY: 'abcdefgh',
  ATLAS_PRIVATE_KEY: canaries.privateKey,
  LAKE_RECEIVER_KEY: canaries.functionKey,
  LAKE_SIGNING_SECRET: signingSecret,
};
/** The token of the simulated Atlas. */
const session = 'token-of-this-session';
const keyed = `http://127.0.0.1:9/?code=${canaries.urlQuery}`;
const { fullDocument } = canaryEvent('well');
const document = JSON.stringify(fullDocument);

/** The answers that replace the receiver's after a good health check, and the command's output. */
const receivers: Readonly<Record<string, readonly [number, (all: string) => string, RegExp]>> = {
  'a page': [200, (all) => `<html>${all}</html>`, /answered 200 without a receipt/],
  'a problem of others': [401, (all) => JSON.stringify({ type: all, title: all, detail: all }), /answered 401/],
  'a fault': [500, (all) => all, /answered 500/],
};

/** From here on, Atlas refuses and repeats the request. */
const refusals: Readonly<Record<string, readonly [path: RegExp, ...says: RegExp[]]>> = {
  'the sign-in': [/\/login$/, /^Cannot sign in to Atlas: .*Atlas answered 400/, /\(hidden\)/],
  'the list of apps': [/\/apps$/, /^Cannot list the apps: .*Atlas answered 400/],
  'a secret': [/\/secrets$/, /\nCannot .*Atlas answered 400/, /\(hidden\)/],
};

export const commandSurfaces: readonly Surface[] = [
  {
    surface: 'npm run sample',
    given: JSON.stringify([told, keyed]),
    canaries: ['functionKey', 'signingSecret', 'urlQuery'],
    ways: {
      ...eachOf(receivers, 'a receiver that repeats all in', sampled),
      'no receiver': async () =>
        printed(await performed(sample, told, '--url', 'http://127.0.0.1:9'), /must listen on/),
      'an address with a key': async () => printed(await performed(sample, told, '--url', keyed), /--url must be/),
      'a malformed secret': async (t) => {
        const origin = await served(t, async () => ({ status: 200, headers: {} }));
        const malformed = { ...told, SIGNING_SECRETS: `${signingSecret}!` };
        const says = /Cannot sign: SIGNING_SECRETS must begin with/;
        return printed(await performed(sample, malformed, '--url', origin), says);
      },
    },
  },
  {
    surface: 'npm run atlas:deploy',
    given: JSON.stringify(keys),
    canaries: ['privateKey', 'functionKey', 'signingSecret'],
    ways: {
      ...eachOf(refusals, 'Atlas, which refuses and repeats', deployed),
      'malformed keys': async (t) => {
        const spaced = Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, `${value} ${value}`]));
        const environment = { ...spaced, ATLAS_PROJECT_ID: 'none' };
        const says = /ATLAS_PRIVATE_KEY must be .*: it is malformed\n/;
        return printed(await performed(deploy, environment, '--app', await temporaryAppFolder(t)), says);
      },
    },
  },
  {
    surface: 'npm run atlas:configure',
    given: keyed,
    canaries: ['urlQuery'],
    ways: {
      'an address with a key': async (t) => {
        const folder = await appFolder(t, { ...smallSync, receiverUrl: keyed.replace('http', 'https') });
        return printed(await performed(configure, {}, '--app', folder), /receiverUrl/);
      },
    },
  },
  {
    surface: 'npm run load',
    given: JSON.stringify([told, fullDocument]),
    canaries: ['document', 'shortId', 'arrayElement', 'fieldName', 'capitals', 'functionKey', 'signingSecret'],
    ways: {
      'a dump that breaks off': (t) => loaded(t, `${document}\n${document.slice(0, -20)}`),
      'a document without an _id': (t) => loaded(t, document.replace('_id', 'id')),
      ...eachOf(receivers, 'a receiver that repeats all in', async (t, [status, bodyFor]) =>
        loaded(t, document, '--url', `${await repeating(t, status === 500 ? 400 : status, bodyFor)}/api/change-events`),
      ),
    },
  },
  {
    surface: 'npm run verify',
    given: JSON.stringify([told, fullDocument]),
    canaries: ['document', 'shortId', 'arrayElement', 'fieldName', 'capitals', 'functionKey', 'signingSecret'],
    ways: {
      'a dump that breaks off': (t) => compared(t, '--file', `${document}\n${document.slice(0, -20)}`),
      'a document without an _id': (t) => compared(t, '--file', document.replace('_id', 'id')),
      'ids that break off': (t) => compared(t, '--expect', `[1,${document.slice(0, -20)}`),
      'ids that are no JSON': (t) => compared(t, '--expect', `[1,${document.slice(0, -20)}]`),
    },
  },
];

function eachOf<T>(all: Readonly<Record<string, T>>, before: string, way: (t: TestContext, one: T) => Promise<Told>) {
  return Object.fromEntries(
    Object.entries(all).map(([what, one]): [string, Way] => [`${before} ${what}`, (t) => way(t, one)]),
  );
}

function printed({ code, output }: Performed, ...says: RegExp[]): Told {
  assert.notEqual(code, 0);
  return { texts: [output], says };
}

async function sampled(t: TestContext, [status, bodyFor, says]: (typeof receivers)[string]): Promise<Told> {
  return printed(await performed(sample, told, '--url', await repeating(t, status, bodyFor)), says);
}

/** A healthy receiver that repeats each event in its answer. */
function repeating(t: TestContext, status: number, bodyFor: (all: string) => string): Promise<string> {
  return served(t, async (request) => {
    if (request.method === 'GET') return { status: 200, headers: {} };
    return { status, headers: { 'retry-after': '100' }, body: Buffer.from(bodyFor(await repeated(request))) };
  });
}

async function deployed(t: TestContext, [path, ...says]: (typeof refusals)[string]): Promise<Told> {
  const { environment } = await startAdminApi(t);
  const atlas = new URL(String(environment['ATLAS_ADMIN_API']));
  const serve = forwardTo(atlas.origin);
  const origin = await served(t, async (request) => {
    const { method, url = '' } = request;
    if ((method === 'POST' || !url.endsWith('/secrets')) && path.test(url)) {
      const all = await repeated(request);
      return answer(400, { error: all, error_code: all, link: all });
    }
    if (!url.endsWith('/login')) return await serve(request);
    // Atlas knows only its own keys.
    await bodyOf(request);
    return answer(200, { access_token: session, refresh_token: '-', user_id: '60aaaaaaaaaaaaaaaaaaaaaa' });
  });
  const address = { ...environment, ...keys, ATLAS_ADMIN_API: `${origin}${atlas.pathname}` };
  const performance = await performed(deploy, address, '--app', await temporaryAppFolder(t));
  assert(!performance.output.includes(session));
  return printed(performance, ...says);
}

async function loaded(t: TestContext, dump: string, ...target: readonly string[]): Promise<Told> {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'movies.json');
  await writeFile(file, dump);
  const environment = { ...told, LAKE_URL: `file:${join(folder, 'lake')}` };
  const given = ['--file', file, '--namespace', 'well.movies', '--at', '2026-11-20T10:00:00Z', ...target];
  return printed(await performed(load, environment, ...given), /Cannot/);
}

async function compared(t: TestContext, option: string, content: string): Promise<Told> {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'movies.json');
  await writeFile(file, content);
  const environment = { ...told, LAKE_URL: `file:${join(folder, 'lake')}` };
  return printed(await performed(verify, environment, '--namespace', 'well.movies', option, file), /Cannot read/);
}

async function repeated(request: Parameters<Serve>[0]): Promise<string> {
  const body = (await bodyOf(request)).toString();
  return JSON.stringify({ body, url: request.url, headers: request.headers });
}

function answer(status: number, body: unknown) {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}
