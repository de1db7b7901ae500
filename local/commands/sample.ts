// npm run sample: a small story of changes, through the real Atlas function into the running receiver; then the files they became.
import { EJSON } from 'bson';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { readSecret } from '../../shared/http/signature.ts';
import { atlasDatabase } from '../atlas/atlas-database.ts';
import { httpPost } from '../atlas/atlas-http.ts';
import { type AtlasApp, invoke } from '../atlas/atlas-runtime.ts';
import { type Command, CommandError, codeOf } from '../command.ts';
import { type StoryEvent, story } from '../story.ts';

const help = `npm run sample [-- --url <address>]

Plays inserts, updates, a replace and deletes through the Atlas function forwardChangeEvent, in a simulated Atlas, into a running
receiver (npm start), and shows the files they became.

  --url <address>                          the receiver; without it http://localhost:7071
  PORT=8080 npm run sample                 a receiver here on another port
  SIGNING_SECRETS=whsec_… npm run sample   signs with the first secret
  RECEIVER_KEY=… npm run sample            the function key, for a receiver in Azure`;

interface Told {
  readonly outcome: string;
  readonly file: string;
}

export const command: Command = {
  help,
  options: ['url'],
  run: async ({ url }, { environment, write }) => {
    const endpoint = endpointOf(url ?? localReceiver(environment));
    await assertWell(endpoint);
    write(`Playing through atlas-app/functions/forwardChangeEvent.js to ${endpoint}\n`);
    const forward = forwarder(endpoint, environment);
    const told: [StoryEvent, Told][] = [];
    for (const one of story(new Date())) told.push([one, await forward(one)]);
    write(linesOf(told).join('\n'));
  },
};

function endpointOf(url: string): string {
  const address = URL.parse('/api/change-events', url);
  const isPlain = address?.username === '' && address.password === '';
  if (isPlain && /^https?:$/.test(address.protocol)) return address.href;
  // Somebody may have pasted a key with it.
  const found = /^[\w.:/-]{1,60}$/.test(url) ? `it is "${url}"` : 'it is of another form';
  throw new CommandError(
    `Cannot play the story: --url must be an http:// or https:// address, without a user: ${found}`,
  );
}

function localReceiver(environment: Environment): string {
  return `http://localhost:${environment['PORT'] ?? 7071}`;
}

/** The function would keep its events and say nothing for a minute: a person wants to know at once. */
async function assertWell(endpoint: string): Promise<void> {
  const health = await fetch(new URL('health', endpoint)).catch((error: unknown) => {
    throw new CommandError(
      `Cannot play the story: a receiver must listen on ${endpoint}: start one with npm start (${codeOf(error)})`,
    );
  });
  if (!health.ok)
    throw new CommandError(
      `Cannot play the story: the receiver must be well: its /api/health answered ${health.status}: its log says why`,
    );
}

function forwarder(endpoint: string, environment: Environment): (one: StoryEvent) => Promise<Told> {
  let receipt = '';
  const app: AtlasApp = {
    values: {
      lakeReceiverUrl: endpoint,
      lakeReceiverKey: environment['RECEIVER_KEY'] ?? '',
      lakeSigningSecret: firstSecret(environment),
    },
    database: atlasDatabase(),
    post: async (request) => {
      const answer = await httpPost(request);
      receipt = answer.body.text();
      return answer;
    },
  };
  return async ({ event }) => {
    await invoke(app, 'forwardChangeEvent', EJSON.parse(JSON.stringify(event), { relaxed: false }));
    const [kept] = app.database.collection('atlas_lake_sync', 'outbox').documents();
    if (kept !== undefined) throw new CommandError(`Cannot play the story: ${adviceOn(String(kept['reason']))}`);
    const { events } = JSON.parse(receipt);
    return { outcome: String(events[0].outcome), file: String(events[0].path) };
  };
}

function firstSecret(environment: Environment): string {
  const first = environment['SIGNING_SECRETS']?.trim().split(/[\s,]+/)[0] ?? '';
  if (first !== '' && readSecret(first) === undefined)
    throw new CommandError('Cannot sign: SIGNING_SECRETS must begin with a "whsec_" secret');
  return first;
}

/** What the function kept the event for. */
function adviceOn(reason: string): string {
  const what = `the receiver must take every event: ${reason}`;
  return reason.includes('401')
    ? `${what}: SIGNING_SECRETS must be the receiver's secret, and RECEIVER_KEY its function key in Azure`
    : what;
}

/** The folder once, if it is one: paths are long, and terminals narrow. */
function linesOf(told: readonly [StoryEvent, Told][]): string[] {
  const folders = new Set(told.map(([, { file }]) => file.slice(0, file.lastIndexOf('/') + 1)));
  const [folder = ''] = folders.size === 1 ? folders : [];
  const rows = told.map(([{ told: what, event }, { outcome, file }]) => [
    String(event['operationType']),
    what,
    outcome,
    file.slice(folder.length),
  ]);
  const table = tableOf(['operation', 'what happens', 'outcome', 'file'], rows);
  return folder === '' ? table : [...table, '', `The files are in ${folder}`];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const rule = widths.map((width) => '─'.repeat(width));
  return [head, rule, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
