// npm run sample: a small story of changes, posted to the running receiver; then the files they became.
import { createHmac, randomUUID } from 'node:crypto';
import { readSecret } from '../../shared/signature.ts';
import { CommandError, codeOf, runCommand } from '../command.ts';
import { type StoryEvent, story } from '../story.ts';

const help = `npm run sample [-- --url <address>]

Posts inserts, updates, a replace and deletes to a running receiver (npm start), and shows the files they became.

  --url <address>                          the receiver; without it http://localhost:7071
  PORT=8080 npm run sample                 a receiver here on another port
  SIGNING_SECRETS=whsec_… npm run sample   signs as a sender would, with the first secret
  RECEIVER_KEY=… npm run sample            the function key, for a receiver in Azure`;

interface Receipt {
  readonly status: number;
  readonly events?: readonly { readonly outcome: string; readonly path?: string; readonly reason?: string }[];
  readonly title?: string;
}

await runCommand({
  help,
  options: ['url'],
  run: async ({ url }) => {
    const endpoint = endpointOf(url ?? localReceiver());
    console.log(`Posting to ${endpoint}\n`);
    const told: [StoryEvent, Receipt][] = [];
    for (const one of story(new Date())) {
      const receipt = await post(endpoint, JSON.stringify(one.event));
      if (receipt.events === undefined) throw new CommandError(`Cannot play the story: ${problemOf(receipt)}`);
      told.push([one, receipt]);
    }
    printStory(told);
    if (told.some(([, { status }]) => status !== 200))
      throw new CommandError('\nCannot play the whole story: every event must be stored: see the outcomes above');
  },
});

function endpointOf(url: string): string {
  const address = URL.parse('/api/change-events', url);
  if (address?.protocol === 'http:' || address?.protocol === 'https:') return address.href;
  throw new CommandError(`Cannot play the story: --url must be an http:// or https:// address: it is "${url}"`);
}

/** Where there is no receipt of events, nothing more needs to be tried. */
function problemOf({ status, title }: Receipt): string {
  if (status === 401)
    return `${title} (401): SIGNING_SECRETS must be the receiver's secret, and RECEIVER_KEY its function key in Azure`;
  return `the receiver must answer with a receipt: it answered ${status} ${title}`;
}

function localReceiver(): string {
  return `http://localhost:${process.env['PORT'] ?? 7071}`;
}

async function post(endpoint: string, body: string): Promise<Receipt> {
  const key: Record<string, string> = process.env['RECEIVER_KEY']
    ? { 'x-functions-key': process.env['RECEIVER_KEY'] }
    : {};
  const headers = { 'content-type': 'application/json', ...key, ...signatureOf(body) };
  const response = await fetch(endpoint, { method: 'POST', headers, body }).catch((error: unknown) => {
    throw new CommandError(
      `Cannot play the story: a receiver must listen on ${endpoint}: start one with npm start (${codeOf(error)})`,
    );
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { title: response.statusText, ...(isJson ? JSON.parse(text) : {}), status: response.status };
}

function signatureOf(body: string): Record<string, string> {
  const first = process.env['SIGNING_SECRETS']?.trim().split(/[\s,]+/)[0];
  if (!first) return {};
  const secret = readSecret(first);
  if (secret === undefined) throw new CommandError('Cannot sign: SIGNING_SECRETS must begin with a "whsec_" secret');
  const id = `evt_${randomUUID().replaceAll('-', '')}`;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** The folder once, if it is one: paths are long, and terminals narrow. */
function printStory(told: readonly [StoryEvent, Receipt][]): void {
  const files = told.map(([, { events }]) => events?.[0]?.path ?? '');
  const folders = new Set(files.map((file) => file.slice(0, file.lastIndexOf('/') + 1)));
  const [folder = ''] = folders.size === 1 ? folders : [];
  const rows = told.map(([{ told: what, event }, { events }], index) => {
    const [{ outcome, reason = '' } = { outcome: 'none' }] = events ?? [];
    return [String(event['operationType']), what, outcome, files[index]?.slice(folder.length) || reason];
  });
  printTable(['operation', 'what happens', 'outcome', 'file'], rows);
  if (folder !== '') console.log(`\nThe files are in ${folder}`);
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const rule = widths.map((width) => '─'.repeat(width));
  for (const row of [head, rule, ...rows])
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
