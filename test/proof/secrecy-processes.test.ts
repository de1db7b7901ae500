// The rows of the secrecy table that need a process: everything that it prints and sends.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../../local/paths.ts';
import * as sent from '../support/canary-requests.ts';
import { atOnce } from '../support/canary-settings.ts';
import { canaryStorage } from '../support/canary-storage.ts';
import { failToStart, type RunningReceiver, runWorker, serveApp, startReceiver } from '../support/running-receiver.ts';
import { assertSecrecy, type Told } from '../support/secrecy-table.ts';

const fastTimers = pathToFileURL(join(root, 'test', 'support', 'canary-fast-timers.ts')).href;

assertSecrecy({
  surface: 'the built app in a process',
  ...sent.given,
  ways: {
    'npm start': (t) => everyRequest(t, startReceiver, { LAKE_API: 'blob' }),
    "Azure's worker, redacted": (t) => everyRequest(t, runWorker, { LAKE_API: 'dfs', ...sent.redaction }),
    'a deployed app whose storage never answers': storageNeverAnswers,
  },
});

assertSecrecy({
  surface: 'a process with wrong settings',
  given: JSON.stringify(atOnce()),
  canaries: ['urlQuery', 'storageKey', 'signingSecret', 'redactKey'],
  ways: {
    'npm start': async () => {
      const { code, output } = await failToStart(atOnce());
      assert.equal(code, 1);
      return { texts: [output], says: [/^(?:Cannot start: [A-Za-z_]+ must be .*\n){5,}$/] };
    },
    'a deployed app': async (t) => {
      const app = await serveApp(t, atOnce());
      const answer = await sent.answerTo(askOf(app), 'an event', { ...sent.hanging, isUnsigned: true });
      const texts = [answer, await healthOf(app)];
      await app.logged(/cannot start: wrong settings/);
      return { texts: [...texts, ...app.lines] };
    },
  },
});

async function everyRequest(
  t: TestContext,
  open: typeof startReceiver | typeof runWorker,
  { LAKE_API, ...others }: { readonly LAKE_API: 'blob' | 'dfs' },
): Promise<Told> {
  const storage = await canaryStorage(t, LAKE_API);
  const app = await open(t, { ...sent.secrets, LAKE_URL: `${storage.origin}/account/lake`, LAKE_API, ...others });

  const answers = await sent.answersOf(askOf(app));
  await breakOff(app);
  const health = await healthOf(app);

  // Each answer has its line. The worker's simulated host waits for the rest of a broken body.
  await app.logged(/"message":"change events"/, answers.length + (open === startReceiver ? 1 : 0));
  await app.logged(/the lake does not answer/);
  return { texts: [...answers, health, ...app.lines], says: sent.logged };
}

/** Its deadlines come early, so that nobody waits for them. */
async function storageNeverAnswers(t: TestContext): Promise<Told> {
  const storage = await canaryStorage(t, 'dfs');
  const lake = { LAKE_URL: `${storage.origin}/account/lake`, LAKE_API: 'dfs' };
  const app = await serveApp(t, { ...sent.secrets, ...lake, NODE_OPTIONS: `--import=${fastTimers}` });

  const answer = await sent.answerTo(askOf(app), 'an event whose storage never answers', sent.hanging);

  await app.logged(/"message":"change events"/);
  return { texts: [answer, ...app.lines], says: [/"faults":\{"(?:TimeoutError|AbortError)/] };
}

function askOf(app: RunningReceiver): sent.Ask {
  return async (request) => {
    const answer = await app.post(request.body, sent.headersOf(request));
    return { status: answer.status, body: await answer.text(), headers: JSON.stringify([...answer.headers]) };
  };
}

/** Half of a body, and then silence. */
async function breakOff(app: RunningReceiver): Promise<void> {
  const { body } = sent.hanging;
  const headers = { ...sent.headersOf(sent.hanging), 'content-length': 2 * body.length };
  const broken = httpRequest(`${app.url}/api/change-events`, { method: 'POST', headers });
  broken.on('error', () => undefined);
  await new Promise((resolve) => broken.write(body, resolve));
  broken.destroy();
}

async function healthOf({ url }: RunningReceiver): Promise<string> {
  const health = await fetch(`${url}/api/health`, { headers: sent.headersOf(sent.hanging) });
  assert.equal(health.status, 503);
  return (await health.text()) + JSON.stringify([...health.headers]);
}
