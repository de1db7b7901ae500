// npm run sample: a small story of changes, posted to the running receiver; then the files they became.
import { createHmac, randomUUID } from 'node:crypto';
import { readSecret } from '../../shared/signature.ts';
import { CommandError, runCommand } from '../command.ts';
import { type StoryEvent, story } from '../story.ts';

const help = `npm run sample [-- --url <address>]

Posts inserts, updates, a replace and deletes to a running receiver (npm start), and shows the files they became.

  --url <address>           the receiver; without it http://localhost:7071 (PORT)
  SIGNING_SECRETS=whsec_…   signs as a sender would, with the first secret
  RECEIVER_KEY=…            sent as x-functions-key, for a receiver in Azure`;

interface Receipt {
  readonly status: number;
  readonly events?: readonly { readonly outcome: string; readonly path?: string; readonly reason?: string }[];
  readonly title?: string;
}

await runCommand({
  help,
  options: ['url'],
  run: async ({ url }) => {
    const endpoint = new URL('/api/change-events', url ?? localReceiver()).href;
    console.log(`Posting to ${endpoint}\n`);
    const rows = [];
    for (const told of story(new Date())) rows.push(rowOf(told, await post(endpoint, JSON.stringify(told.event))));
    printTable(['operation', 'story', 'outcome', 'file'], rows);
    if (rows.some(([, , outcome]) => outcome !== 'stored'))
      throw new CommandError('\nCannot play the whole story: every event must be stored: see the outcomes above');
  },
});

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
      `Cannot play the story: a receiver must listen on ${endpoint}: start one with npm start (${causeOf(error)})`,
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

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(error);
}

function rowOf({ told, event }: StoryEvent, { status, events, title }: Receipt): string[] {
  const [outcome] = events ?? [];
  return [
    String(event['operationType']),
    told,
    outcome?.outcome ?? `${status} ${title}`,
    outcome?.path ?? outcome?.reason ?? '',
  ];
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
