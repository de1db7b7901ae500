// The App Services Admin API: https://www.mongodb.com/docs/api/doc/atlas-app-services-admin-api-v3
// A change outside a deployment draft is live at once.
import { setTimeout } from 'node:timers/promises';
import { CommandError, reasonOf } from '../command.ts';
import type { AtlasAccess } from './deploy-environment.ts';
import { FormError, type JsonObject, optionalTextAt, readObject, textAt } from './json.ts';
import { type ApiAnswer, describeAnswer, type Purpose } from './refused-answer.ts';

export interface AdminApi {
  /** The user of the API key. Drafts of the key have this id. */
  readonly userId: string | undefined;
  /** Paths begin after `/groups/<project>/apps`. */
  readonly read: <T>(path: string, purpose: Purpose, reader: (answer: unknown) => T) => Promise<T>;
  readonly write: (method: 'POST' | 'PUT', path: string, body: JsonObject, purpose: Purpose) => Promise<unknown>;
}

/** No answer came, so the content of the request is not the cause. */
export class UnreachableError extends CommandError {}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly body?: JsonObject;
  readonly token?: string;
}

const maxTries = 5;
const maxWaitSeconds = 60;
const timeoutMs = 60_000;

export async function signIn(
  access: AtlasAccess,
  secrets: readonly string[],
  pause: (ms: number) => Promise<void> = setTimeout,
): Promise<AdminApi> {
  const hidden = [access.privateKey, ...secrets];
  const signingIn = {
    doing: 'sign in to Atlas',
    must: 'ATLAS_PUBLIC_KEY and ATLAS_PRIVATE_KEY must be an API key whose access list has the address of this machine',
  };
  const apps = `${access.address}/groups/${access.projectId}/apps`;
  let session = await openSession();

  async function openSession(): Promise<Session> {
    const answer = await call(pause, {
      method: 'POST',
      url: `${access.address}/auth/providers/mongodb-cloud/login`,
      body: { username: access.publicKey, apiKey: access.privateKey },
    });
    return readWith(readSession, accepted(answer, signingIn, hidden), signingIn);
  }

  /** A token lasts for 30 minutes, and a load can be watched for hours. After a 401, Atlas did nothing. */
  async function authorized(request: Call, purpose: Purpose): Promise<unknown> {
    const answer = await call(pause, { ...request, token: session.token });
    if (answer.status !== 401) return accepted(answer, purpose, [...hidden, session.token]);
    session = await openSession();
    return accepted(await call(pause, { ...request, token: session.token }), purpose, [...hidden, session.token]);
  }

  return {
    userId: session.userId,
    read: async (path, purpose, reader) =>
      readWith(reader, await authorized({ method: 'GET', url: apps + path }, purpose), purpose),
    write: (method, path, body, purpose) => authorized({ method, url: apps + path, body }, purpose),
  };
}

interface Session {
  readonly token: string;
  readonly userId: string | undefined;
}

function readSession(answer: unknown): Session {
  const session = readObject(answer, 'the session');
  return { token: textAt(session, 'access_token', 'the session'), userId: optionalTextAt(session, 'user_id') };
}

/** Retries after a 429 only: then Atlas did nothing, and says when to come back. */
async function call(pause: (ms: number) => Promise<void>, request: Call): Promise<ApiAnswer> {
  for (let tries = 1; ; tries++) {
    const answer = await callOnce(request);
    if (answer.status !== 429 || tries === maxTries || answer.retryAfterSeconds > maxWaitSeconds) return answer;
    await pause(answer.retryAfterSeconds * 1000);
  }
}

async function callOnce({ method, url, body, token }: Call): Promise<ApiAnswer> {
  const headers = {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      // The token must not go to another host.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const after = response.headers.get('retry-after') ?? '';
    const retryAfterSeconds = /^\d{1,6}$/.test(after) ? Number(after) : 2;
    return { status: response.status, text: await response.text(), retryAfterSeconds };
  } catch (error) {
    const { origin } = new URL(url);
    throw new UnreachableError(`Cannot reach Atlas: ${origin} must answer: ${reasonOf(error)}`);
  }
}

function accepted(answer: ApiAnswer, purpose: Purpose, hidden: readonly string[]): unknown {
  if (answer.status < 200 || answer.status > 299) throw new CommandError(describeAnswer(answer, purpose, hidden));
  if (answer.text === '') return undefined;
  try {
    return JSON.parse(answer.text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`Cannot ${purpose.doing}: Atlas must answer with JSON: its answer is not JSON`);
  }
}

function readWith<T>(reader: (answer: unknown) => T, answer: unknown, { doing }: Purpose): T {
  try {
    return reader(answer);
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    throw new CommandError(`Cannot ${doing}: the answer of Atlas must have the form of its API: ${error.message}`);
  }
}
