// A database trigger of the simulated Atlas. It sees the inserts and deletes of one collection, and calls a built
// function with the change events.
import { EJSON } from 'bson';
import type { AtlasDatabase } from '../../local/atlas/atlas-database.ts';
import { type AtlasApp, invoke } from '../../local/atlas/atlas-runtime.ts';
import { eventSeconds } from './change-events.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface WatchingTrigger {
  /** The outcome of each event, after all events are sent. */
  readonly settled: () => Promise<readonly string[]>;
}

interface Watching {
  readonly app: AtlasApp;
  readonly db: string;
  readonly coll: string;
  readonly function?: 'forwardChangeEvent' | 'bufferChangeEvent';
  /** Changes an event on its way. Undefined loses it. */
  readonly pass?: (event: Fields) => Fields | undefined;
}

export function watchingTrigger(database: AtlasDatabase, watching: Watching): WatchingTrigger {
  const { app, db, coll, pass = (event) => event } = watching;
  const sent: Promise<string>[] = [];
  let known = new Map<string, Fields>();
  let increment = 0;

  database.around = async (operation, name, run) => {
    await run();
    if (operation !== 'write' || name !== coll) return;
    const now = new Map(
      database
        .collection(db, coll)
        .documents()
        .map((one) => [EJSON.stringify(one['_id']), one]),
    );
    for (const [key, document] of now) if (!known.has(key)) see('insert', document);
    for (const [key, document] of known) if (!now.has(key)) see('delete', document);
    known = now;
  };

  function see(operationType: 'insert' | 'delete', document: Fields): void {
    const event = pass(eventOf(operationType, document));
    if (event !== undefined) sent.push(send(event));
  }

  async function send(event: Fields): Promise<string> {
    const { result } = await invoke(app, watching.function ?? 'forwardChangeEvent', event);
    return JSON.stringify(result);
  }

  function eventOf(operationType: string, document: Fields): Fields {
    const t = Math.floor(Date.now() / 1000);
    const token = `82${eventSeconds.toString(16)}${(++increment).toString(16).padStart(8, '0')}2B0429296E1404`;
    const fields = {
      _id: { _data: token.toUpperCase() },
      operationType,
      clusterTime: { $timestamp: { t, i: increment } },
      ns: { db, coll },
    };
    const rest = {
      documentKey: { _id: document['_id'] },
      ...(operationType === 'insert' && { fullDocument: document }),
    };
    return { ...EJSON.parse(JSON.stringify(fields), { relaxed: false }), ...rest };
  }

  return { settled: () => Promise.all(sent) };
}
