// The Atlas side full of canaries: event, values and outbox. It collects the output of its functions, except the
// requests and the text of kept events.
import assert from 'node:assert/strict';
import { type AtlasDatabase, atlasDatabase } from '../../local/atlas/atlas-database.ts';
import { type AtlasApp, invoke } from '../../local/atlas/atlas-runtime.ts';
import { asAtlasPasses } from './atlas.ts';
import { canaries, canariesIn, canaryEvent, signingSecret, toldBy } from './canary.ts';
import { now } from './deliveries.ts';
import { sourceInParts } from './timeless-atlas.ts';
import { virtualClock } from './virtual-clock.ts';
import { wrappedDatabase } from './wrapped-database.ts';

/** The result of http.post for a request: a value or an error. */
export type Post = (request: Readonly<Record<string, unknown>>) => unknown;

/** Replaces a database operation. Undefined if nothing replaces it. */
export type Disturbance = (operation: 'read' | 'write', collection: string) => Promise<unknown> | undefined;

export interface Trouble {
  readonly post?: Post;
  readonly disturb?: Disturbance;
  readonly values?: Readonly<Record<string, unknown>>;
  /** The words that the output must still have. */
  readonly says?: readonly RegExp[];
}

const values = {
  lakeReceiverUrl: `https://${canaries.host}.test/api/change-events?code=${canaries.urlQuery}`,
  lakeReceiverKey: canaries.functionKey,
  lakeSigningSecret: signingSecret,
};

/** Everything that a fault could repeat. */
export const everything = JSON.stringify({ ...canaryEvent('sample_mflix'), ...values });

export function canarySender() {
  const clock = virtualClock(now.getTime());
  const database = standing(atlasDatabase(), clock.whileStanding);
  const told: string[] = [];
  let increment = 0;

  async function run({ post = answers(500), disturb, values: changed }: Trouble, name: string, ...args: unknown[]) {
    const app: AtlasApp = {
      clock,
      sourceOf: (called) => sourceInParts(called, 2000),
      values: { ...values, ...changed },
      database: disturb === undefined ? database : disturbed(database, disturb),
      post: async (request) => await post({ ...Object(request) }),
      onLog: (line) => told.push(line),
    };
    const ended = await invoke(app, name, ...args).then(({ result }) => JSON.stringify(result), toldBy);
    told.push(String(ended));
  }

  return {
    change: (trouble: Trouble, by: 'forwardChangeEvent' | 'bufferChangeEvent', more = '') => {
      const event = { ...canaryEvent('sample_mflix', ++increment), more };
      // Each event makes a batch, so that bufferChangeEvent sends what it keeps.
      const values = { lakeBatchEvents: 1, ...trouble.values };
      return run({ ...trouble, values }, by, asAtlasPasses(event));
    },
    drain: (trouble: Trouble) => {
      clock.skip(700_000);
      return run(trouble, 'drainOutbox');
    },
    requeue: (trouble: Trouble) => run(trouble, 'requeueRefused'),
    /** The output. In the outbox only the events themselves may have content. */
    texts: (): string[] => {
      const documents = (name: string) => database.collection('atlas_lake_sync', name).documents();
      // A part names its entry by the same token.
      const beside = [...documents('outbox'), ...documents('parts')].map(({ _id, entry, text = '', ...others }) => {
        assert(text === '' || canariesIn(String(text)).length > 0);
        return others;
      });
      return [...told, JSON.stringify(beside), JSON.stringify(documents('marks'))];
    },
  };
}

function standing(database: AtlasDatabase, whileStanding: <T>(run: () => Promise<T>) => Promise<T>): AtlasDatabase {
  database.around = (_operation, _name, run) => whileStanding(run);
  return database;
}

function disturbed(database: AtlasDatabase, disturb: Disturbance): AtlasDatabase {
  return wrappedDatabase(database, (run, name) => async (operation, change) => {
    await disturb(operation, name);
    return await run(operation, change);
  });
}

/** The result of `http.post`. The headers of an answer can repeat the request too. */
export function answers(statusCode: number, bodyOf: (all: string, sent: string) => unknown = () => ''): Post {
  return ({ url, headers, body }) => {
    const all = JSON.stringify({ url, headers, body });
    const told = bodyOf(all, String(body));
    const text = typeof told === 'string' ? told : JSON.stringify(told);
    const repeated = { Location: [`https://other.test/?${all}`], 'Retry-After': [all], 'X-Request': [all] };
    return { statusCode, headers: repeated, body: { text: () => text } };
  };
}

/** A receipt with one outcome for all events of a request. Each text in it repeats the whole request. */
export function repeatingReceipt(outcome: string, tooMany = 0): (all: string, sent: string) => unknown {
  return (all, sent) => {
    const events: unknown = JSON.parse(sent);
    const count = (Array.isArray(events) ? events.length : 1) + tooMany;
    const counts = { stored: 0, alreadyStored: 0, refused: 0, failed: 0, [outcome]: count };
    const one = { outcome, reason: all, path: all, [all]: all };
    return { ...counts, events: Array.from({ length: count }, () => one), type: all, title: all, detail: all };
  };
}
