// Sends the story through the real Atlas function, in a simulated Atlas, to a receiver.
import { EJSON } from 'bson';
import type { Environment } from '../../shared/app/setting-reader.ts';
import { readSecret } from '../../shared/http/signature.ts';
import { atlasDatabase } from '../atlas/atlas-database.ts';
import { httpPost } from '../atlas/atlas-http.ts';
import { type AtlasApp, invoke } from '../atlas/atlas-runtime.ts';
import { CommandError } from '../command.ts';
import { type Namespace, type StoryEvent, story } from './story.ts';

export interface Played {
  readonly operation: string;
  readonly told: string;
  readonly outcome: string;
  /** The path in the lake, from the receipt. */
  readonly path: string;
}

export async function playStory(endpoint: string, environment: Environment, namespace: Namespace): Promise<Played[]> {
  const forward = forwarder(endpoint, environment);
  const played: Played[] = [];
  for (const one of story(new Date(), namespace)) played.push(await forward(one));
  return played;
}

function forwarder(endpoint: string, environment: Environment): (one: StoryEvent) => Promise<Played> {
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
  return async ({ event, told }) => {
    await invoke(app, 'forwardChangeEvent', EJSON.parse(JSON.stringify(event), { relaxed: false }));
    const [kept] = app.database.collection('atlas_lake_sync', 'outbox').documents();
    if (kept !== undefined) throw new CommandError(`Cannot play the story: ${adviceOn(String(kept['reason']))}`);
    const { events } = JSON.parse(receipt);
    const [{ outcome, path }] = events;
    return { operation: String(event['operationType']), told, outcome: String(outcome), path: String(path) };
  };
}

function firstSecret(environment: Environment): string {
  const first = environment['SIGNING_SECRETS']?.trim().split(/[\s,]+/)[0] ?? '';
  if (first === 'none') return '';
  if (first !== '' && readSecret(first) === undefined)
    throw new CommandError('Cannot sign: SIGNING_SECRETS must begin with a "whsec_" secret: it has another form');
  return first;
}

/** Explains the reason for which the function kept the event. */
function adviceOn(reason: string): string {
  const what = `the receiver must store every event: ${reason}`;
  return reason.includes('401')
    ? `${what}: set SIGNING_SECRETS to the receiver's secret, and RECEIVER_KEY to its function key in Azure`
    : what;
}
