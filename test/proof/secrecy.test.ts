import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../../local/paths.ts';
import { assertNoCanary, canariesIn, canaryEvent, redactKey, signingSecret, storageKey } from '../support/canary.ts';
import {
  besides,
  type CanaryRequest,
  failing,
  hanging,
  maxBodyBytes,
  maxEvents,
  requests,
} from '../support/canary-requests.ts';
import { canaryStorage } from '../support/canary-storage.ts';
import { signatureHeaders } from '../support/deliveries.ts';
import { type RunningReceiver, runWorker, serveApp, startReceiver } from '../support/running-receiver.ts';

const secrets = {
  STORAGE_ACCOUNT_KEY: storageKey,
  SIGNING_SECRETS: signingSecret,
  MAX_BODY_BYTES: String(maxBodyBytes),
  MAX_EVENTS: String(maxEvents),
};
const redaction = { REDACT: '*: title=mask, tags, region=hash', REDACT_KEY: redactKey };
const fastTimers = pathToFileURL(join(root, 'test', 'support', 'canary-fast-timers.ts')).href;

/** Each way of writing, by each way of running the built app. */
const ways = [
  { LAKE_API: 'blob', LAKE_FILES: 'event', isRedacting: false, open: serveApp },
  { LAKE_API: 'blob', LAKE_FILES: 'event', isRedacting: true, open: runWorker },
  { LAKE_API: 'blob', LAKE_FILES: 'batch', isRedacting: false, open: startReceiver },
  { LAKE_API: 'blob', LAKE_FILES: 'batch', isRedacting: true, open: serveApp },
  { LAKE_API: 'dfs', LAKE_FILES: 'event', isRedacting: false, open: runWorker },
  { LAKE_API: 'dfs', LAKE_FILES: 'event', isRedacting: true, open: startReceiver },
  { LAKE_API: 'dfs', LAKE_FILES: 'batch', isRedacting: false, open: serveApp },
  { LAKE_API: 'dfs', LAKE_FILES: 'batch', isRedacting: true, open: runWorker },
] as const;

describe('the receiver, of content, keys and secrets', { concurrency: true }, () => {
  for (const { LAKE_API, LAKE_FILES, isRedacting, open } of ways) {
    const way = `by ${LAKE_API}, a file for each ${LAKE_FILES}${isRedacting ? ', redacted' : ''}, in ${open.name}()`;
    it(`shows nothing secret: ${way}`, async (t) => {
      const storage = await canaryStorage(t, LAKE_API);
      const lake = { LAKE_URL: `${storage.origin}/account/lake`, LAKE_API, LAKE_FILES };
      const app = await open(t, { ...secrets, ...lake, ...(isRedacting ? redaction : {}) });

      // What waits for storage to be tried again, at once with everything else.
      const failed = Object.entries(failing).map(([what, one]) => assertTold(app, what, one));
      const others = Object.entries(requests).reduce(
        (before, [what, one]) => before.then(() => assertTold(app, what, one)),
        Promise.resolve(),
      );
      await Promise.all([...failed, others]);
      await breakOff(app, open);
      await assertUnwell(app);

      await assertLogged(app, [
        /"faults":\{"RestError 500":1/,
        /"faults":\{"RestError[ \w]* 403":1/,
        /"faults":\{"RestError \w+"/,
      ]);
      assertWritten(storage.written(), isRedacting);
    });
  }

  for (const [LAKE_API, LAKE_FILES] of [
    ['blob', 'batch'],
    ['dfs', 'event'],
  ] as const) {
    it(`shows nothing secret when storage never answers: by ${LAKE_API}, a file for each ${LAKE_FILES}`, async (t) => {
      const storage = await canaryStorage(t, LAKE_API);
      const lake = { LAKE_URL: `${storage.origin}/account/lake`, LAKE_API, LAKE_FILES };
      const app = await serveApp(t, { ...secrets, ...lake, NODE_OPTIONS: `--import=${fastTimers}` });

      await assertTold(app, 'an event whose storage never answers', hanging);

      await assertLogged(app, [/"faults":\{"(?:TimeoutError|AbortError)/]);
    });

    it(`shows nothing secret when the name of storage is unknown: by ${LAKE_API}`, async (t) => {
      const lake = { LAKE_URL: 'https://account.dfs.nowhere.invalid/lake', LAKE_API, LAKE_FILES };
      const app = await serveApp(t, { ...secrets, ...lake, NODE_OPTIONS: `--import=${fastTimers}` });
      const body = Buffer.from(JSON.stringify(canaryEvent('well')));

      await assertTold(app, 'an event whose storage is not found', { body, status: 503 });
      await assertUnwell(app);

      await assertLogged(app, [/"faults":\{"(?:RestError|TimeoutError)/]);
    });
  }
});

async function assertTold(app: RunningReceiver, what: string, request: CanaryRequest): Promise<void> {
  const linesBefore = app.lines.length;
  const answer = await post(app, request);
  const text = await answer.text();
  const beside = request.hasPath === true ? text.replaceAll(/"path":"[^"]*"/g, '') : text;

  assertNoCanary(`The answer to ${what}`, beside, JSON.stringify([...answer.headers]));
  assertNoCanary(`The log, while it had ${what},`, app.lines.slice(linesBefore).join('\n'));
  assert.equal(answer.status, request.status, `${what}: ${text}`);
}

async function post(
  app: RunningReceiver,
  { body, headers = {}, isUnsigned = false }: CanaryRequest,
): Promise<Response> {
  const signed = signatureHeaders(body, signingSecret);
  const all = { 'content-type': 'application/json', ...besides, ...headers, ...(isUnsigned ? {} : signed) };
  return await app.post(body, { ...all, ...headers, ...(isUnsigned ? {} : { 'webhook-id': signed['webhook-id'] }) });
}

/** Half of a body, and then nobody. */
async function breakOff(app: RunningReceiver, open: (typeof ways)[number]['open']): Promise<void> {
  const body = JSON.stringify(canaryEvent('well'));
  const headers = { ...besides, 'content-type': 'application/json', 'content-length': 2 * body.length };
  const broken = httpRequest(`${app.url}/api/change-events`, { method: 'POST', headers });
  broken.on('error', () => undefined);
  await new Promise((resolve) => broken.write(body, resolve));
  broken.destroy();
  // The worker's own simulated host continues to wait for the rest.
  if (open !== runWorker) await app.logged(/incomplete-body/);
}

async function assertUnwell(app: RunningReceiver): Promise<void> {
  const health = await fetch(`${app.url}/api/health`, { headers: besides });

  assert.equal(health.status, 503);
  assertNoCanary('The health', await health.text(), JSON.stringify([...health.headers]));
  await assertLogged(app, [/the lake does not answer/]);
}

async function assertLogged(app: RunningReceiver, patterns: readonly RegExp[]): Promise<void> {
  for (const pattern of patterns) await app.logged(pattern);
  assertNoCanary('The log', app.lines.join('\n'));
}

/** Checks that there was a secret to find. */
function assertWritten(written: string, isRedacting: boolean): void {
  const inLake = new Set(canariesIn(written).map(({ canary }) => canary));
  const content = ['shortId', 'unknownField', 'nameOfUnknownField', 'fieldName', 'capitals'];
  const taken = ['document', 'arrayElement', 'shardKey'];
  for (const canary of isRedacting ? content : [...content, ...taken]) assert(inLake.has(canary), canary);
}
