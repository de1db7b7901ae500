// Atlas with a collection. It is loaded during writes, through the real receiver into a lake in memory. It reads the
// latest state as model-world.ts does. It stays apart because its duty is about documents: those before T0 have no
// events.
import { BSON, EJSON } from 'bson';
import { countedOperations } from '../../local/atlas/atlas-database.ts';
import type { Invocation } from '../../local/atlas/atlas-runtime.ts';
import { receive } from '../../shared/http/receive.ts';
import { toResponse } from '../../shared/http/response.ts';
import { deliveryOf, receiverWith, secret, signatureIn } from './deliveries.ts';
import { memoryLake } from './memory-lake.ts';
import { latestState } from './model-lake.ts';
import type { Reply, Told } from './scripted-receiver.ts';
import { type Around, type TimelessAtlas, timelessAtlas } from './timeless-atlas.ts';

/** Answers each request. */
type Answering = (told: Told) => Promise<Reply>;

export type Fields = Record<string, unknown>;

export interface LoadWorld {
  readonly atlas: TimelessAtlas;
  /** Sets the Value, as a person does in the Atlas UI. */
  readonly want: (...entries: unknown[]) => void;
  /** The same, for a Value that is not a list. */
  readonly wantValue: (value: unknown) => void;
  readonly tick: (around?: Around) => Promise<Invocation>;
  /** Ticks until no load is running. */
  readonly finish: () => Promise<void>;
  readonly state: (id?: string) => Fields;
  /** The documents from before the trigger, which have no events. */
  readonly put: (documents: readonly unknown[], collection?: string) => Promise<void>;
  /** A write while the trigger is on. It changes the collection, and its event reaches the lake. */
  readonly write: (operation: 'upsert' | 'delete', document: Fields) => Promise<void>;
  readonly drop: (operationType: 'drop' | 'rename') => Promise<void>;
  /** The collection, and the latest state in the lake, as sorted canonical texts. */
  readonly collection: () => Promise<string[]>;
  readonly latest: () => string[];
  readonly lines: () => Fields[];
  /** The files of the lake, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The real receiver. */
  readonly receiver: Answering;
}

const db = 'shop';
const coll = 'orders';

/** The settings of the receiver, Values of the app, and another source of the functions. */
export function loadWorld(
  environment: Record<string, string> = {},
  given: Fields = {},
  sourceOf?: (name: string) => string,
): LoadWorld {
  const values: Fields = { initialLoads: [{ database: db, collection: coll }], ...given };
  const atlas = timelessAtlas(values, sourceOf);
  const lake = memoryLake();
  const receiver = receiverWith(lake, { SIGNING_SECRETS: secret, DOCUMENT_FORMAT: 'canonical', ...environment });
  const unsigned = receiverWith(lake, { DOCUMENT_FORMAT: 'canonical', ...environment });
  const operations = (name: string) =>
    countedOperations(atlas.database, () => undefined)
      .db(db)
      .collection(name);
  let increment = 0;

  const take: Answering = async ({ headers, body, atMs }) => {
    const receipt = await atlas.clock.whileStanding(() =>
      receive(deliveryOf(body, { signature: signatureIn(headers) }), receiver, new Date(atMs)),
    );
    return toResponse(receipt, receiver.settings);
  };
  atlas.receiver.act(take);

  /** It has a new time, later than all earlier events. */
  async function deliver(event: Fields): Promise<void> {
    increment += 1;
    const t = Math.floor(atlas.clock.now() / 1000);
    const time = [t, increment].map((number) => number.toString(16).padStart(8, '0')).join('');
    const token = `82${time}2B042C0100296E5A1004`.toUpperCase();
    const whole = {
      _id: { _data: token },
      clusterTime: { $timestamp: { t, i: increment } },
      ns: { db, coll },
      ...event,
    };
    const receipt = await receive(deliveryOf(JSON.stringify(whole)), unsigned, new Date(atlas.clock.now()));
    if (receipt.kind !== 'received' || receipt.events[0]?.outcome !== 'stored')
      throw new Error(JSON.stringify(receipt));
  }

  const wantValue = (value: unknown) => {
    values['initialLoads'] = value;
  };
  const tick = (around: Around = (_step, run) => run()) => atlas.run('loadCollection', [], around);
  const state = (id = `${db}.${coll}`): Fields =>
    atlas.database
      .collection('atlas_lake_sync', 'loads')
      .documents()
      .find(({ _id }) => _id === id) ?? {};
  const lines = () =>
    [...lake.files.values()].flatMap((file) =>
      Buffer.from(file)
        .toString()
        .trimEnd()
        .split('\n')
        .map((line): Fields => JSON.parse(line)),
    );

  return {
    atlas,
    want: (...entries) => wantValue(entries),
    wantValue,
    tick,
    finish: async () => {
      for (let ticks = 0; ticks < 200 && state()['state'] !== 'done'; ticks++) {
        await tick();
        atlas.clock.skip(60_000);
      }
    },
    state,
    put: async (documents, name = coll) => {
      for (const document of documents) await operations(name).insertOne(Object(document));
    },
    write: (operation, document) =>
      atlas.clock.whileStanding(async () => {
        const { _id } = document;
        const documentKey = JSON.parse(canonical({ _id }));
        await operations(coll).deleteOne({ _id });
        if (operation === 'delete') return await deliver({ operationType: 'delete', documentKey });
        await operations(coll).insertOne(document);
        await deliver({ operationType: 'insert', documentKey, fullDocument: JSON.parse(canonical(document)) });
      }),
    drop: (operationType) =>
      atlas.clock.whileStanding(async () => {
        await operations(coll).deleteMany({});
        await deliver({ operationType, ...(operationType === 'rename' ? { to: { db, coll: 'archive' } } : {}) });
      }),
    collection: async () => {
      const stored = await atlas.database.collection(db, coll).run('read', (documents) => [...documents.values()]);
      return stored.map((bytes) => canonical(BSON.deserialize(bytes, { promoteValues: false }))).sort();
    },
    latest: () => [...latestState(lines(), coll).values()].map((data) => JSON.stringify(data)).sort(),
    lines,
    files: lake.files,
    receiver: take,
  };
}

function canonical(value: unknown): string {
  return EJSON.stringify(value, { relaxed: false });
}
