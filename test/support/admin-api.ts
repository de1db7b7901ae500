// Our own App Services Admin API. It keeps apps as Atlas does, and answers in the forms of the published description.
// It refuses what Atlas refuses. Where the description is silent, it is stricter.
import type { TestContext } from 'node:test';
import { isRecord } from '../../shared/json/record.ts';
import { type AdminApp, adminApp, type Served } from './admin-app.ts';
import { executeSource } from './admin-debug.ts';
import { Refusal } from './admin-refusal.ts';
import { type Answer, bodyOf, type StorageRequest, startFront } from './storage-faults.ts';

export interface AdminApiServer {
  /** The environment of an authorised run. */
  readonly environment: Readonly<Record<string, string>>;
  readonly requests: readonly RecordedRequest[];
  /** `POST /secrets`, in their order, without the app's path and ids. */
  readonly writes: () => string[];
  readonly makeApp: (name: string, product?: string) => AdminApp;
  readonly apps: () => readonly AdminApp[];
  /** As after 30 minutes: its token is not accepted any more. */
  readonly endSession: () => void;
  /** Answers matching requests with this one, a number of times. */
  readonly answerWith: (fits: (request: RecordedRequest) => boolean, answer: StatusAnswer, times?: number) => void;
  /** Does something else before it serves the first matching request. */
  readonly beforeAnswer: (fits: (request: RecordedRequest) => boolean, act: () => Promise<unknown>) => void;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export interface StatusAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const keys = { publicKey: 'abcdefgh', privateKey: '01234567-89ab-cdef-0123-456789abcdef' };
const projectId = '5f0123456789abcdef012345';
const firstToken = 'token-of-this-session';
const userId = '60aaaaaaaaaaaaaaaaaaaaaa';
const prefix = '/api/admin/v3.0';

export async function startAdminApi(
  t: Pick<TestContext, 'after'>,
  clusters: readonly string[] = ['Cluster0'],
): Promise<AdminApiServer> {
  const requests: RecordedRequest[] = [];
  const apps: AdminApp[] = [];
  const orders: { fits: (request: RecordedRequest) => boolean; answer: StatusAnswer; times: number }[] = [];
  const acts: { readonly fits: (request: RecordedRequest) => boolean; readonly act: () => Promise<unknown> }[] = [];
  let made = 0;
  let sessions = 0;
  let token: string | undefined = firstToken;
  const newId = (): string => (++made).toString(16).padStart(24, '5');

  const front = await startFront(async (message) => {
    const request = await readRequest(message);
    requests.push(request);
    const at = acts.findIndex(({ fits }) => fits(request));
    if (at >= 0) await acts.splice(at, 1)[0]?.act();
    const order = orders.find(({ fits, times }) => times > 0 && fits(request));
    if (order !== undefined) {
      order.times--;
      return { status: order.answer.status, headers: order.answer.headers ?? {}, body: Buffer.from(order.answer.body) };
    }
    try {
      return await serve(request, message);
    } catch (error) {
      if (error instanceof Refusal) return refuse(error);
      throw error;
    }
  });
  t.after(() => front.stop());

  async function serve(request: RecordedRequest, { headers }: StorageRequest): Promise<Answer> {
    const { method, path, body } = request;
    const isRight = body === undefined ? method !== 'POST' : headers['content-type'] === 'application/json';
    if (!isRight) throw new Refusal(400, 'BadRequest', 'expected a JSON body');
    if (`${method} ${path}` === `POST ${prefix}/auth/providers/mongodb-cloud/login`) {
      assertKnown(body);
      token = `${firstToken}${'-again'.repeat(sessions++)}`;
      return toAnswer({
        status: 200,
        body: { access_token: token, refresh_token: 'unused', user_id: userId, device_id: '' },
      });
    }
    if (token === undefined || headers.authorization !== `Bearer ${token}`)
      throw new Refusal(401, 'InvalidSession', 'invalid session');
    const [, group, rest = ''] = new RegExp(`^${prefix}/groups/([^/?]+)/apps(.*)$`).exec(path) ?? [];
    if (group !== projectId) throw new Refusal(404, 'GroupNotFound', 'group not found');
    if (rest === '' || rest.startsWith('?')) return serveApps(method, rest, body);
    const [, appId = '', ...inApp] = rest.split('/');
    const app = apps.find(({ id }) => id === appId);
    if (app === undefined) throw new Refusal(404, 'AppNotFound', `app not found with id ${appId}`);
    const within = inApp.join('/');
    if (within.startsWith('debug/')) return toAnswer(await executeSource(app, method, within, body));
    return toAnswer(app.serve(method, within, body));
  }

  function serveApps(method: string, query: string, body: unknown): Answer {
    if (method === 'GET') {
      const product = new URLSearchParams(query).get('product') ?? 'standard';
      return toAnswer({ status: 200, body: apps.filter((app) => app.product === product).map(({ listed }) => listed) });
    }
    if (!isRecord(body) || typeof body['name'] !== 'string' || !/^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(body['name']))
      throw new Refusal(400, 'InvalidParameter', 'invalid app name');
    const { name, ...members } = body;
    const known = ['location', 'deployment_model', 'provider_region'];
    if (Object.keys(members).some((key) => !known.includes(key)))
      throw new Refusal(400, 'InvalidParameter', 'unknown member');
    if (apps.some(({ listed }) => listed['name'] === name))
      throw new Refusal(409, 'AppNameInUse', 'name already in use');
    return toAnswer({ status: 201, body: makeApp(String(name)).listed });
  }

  function makeApp(name: string, product = 'standard'): AdminApp {
    const app = adminApp({ name, product, groupId: projectId, clusters, newId });
    apps.push(app);
    return app;
  }

  return {
    environment: {
      ATLAS_ADMIN_API: `${front.origin}${prefix}/`,
      ATLAS_PROJECT_ID: projectId,
      ATLAS_PUBLIC_KEY: keys.publicKey,
      ATLAS_PRIVATE_KEY: keys.privateKey,
    },
    requests,
    writes: () => requests.filter(isWriting).map(({ method, path }) => `${method} ${shortPath(path)}`),
    makeApp,
    apps: () => apps,
    endSession: () => {
      token = undefined;
    },
    beforeAnswer: (fits, act) => void acts.push({ fits, act }),
    answerWith: (fits, answer, times = 1) => void orders.push({ fits, answer, times }),
  };
}

async function readRequest(message: StorageRequest): Promise<RecordedRequest> {
  const text = (await bodyOf(message)).toString();
  const { method = '', url: path = '' } = message;
  return { method, path, body: text === '' ? undefined : JSON.parse(text) };
}

function assertKnown(body: unknown): void {
  const isKnown = isRecord(body) && body['username'] === keys.publicKey && body['apiKey'] === keys.privateKey;
  if (!isKnown) throw new Refusal(401, 'InvalidParameter', 'failed to authenticate with MongoDB Cloud API');
}

function isWriting({ method, path }: RecordedRequest): boolean {
  return method !== 'GET' && !path.endsWith('/login');
}

function shortPath(path: string): string {
  const rest = path
    .replace(/^.*\/apps/, '')
    .split('/')
    .filter((part) => !/^[0-9a-f]{24}$/.test(part));
  return rest.length > 1 ? rest.join('/') : '/apps';
}

function toAnswer({ status, body }: Served): Answer {
  const headers = { 'content-type': 'application/json' };
  return body === undefined ? { status, headers: {} } : { status, headers, body: Buffer.from(JSON.stringify(body)) };
}

function refuse({ status, code, message }: Refusal): Answer {
  return toAnswer({
    status,
    body: { error: message, error_code: code, link: 'https://services.cloud.mongodb.com/logs?co_id=1' },
  });
}
