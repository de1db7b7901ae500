// The cluster behind `context.services`: collections in memory that keep BSON, as a server does.
import { BSON } from 'bson';
import {
  type AtlasOperation,
  type CollectionKind,
  type CollectionTraits,
  collectionOperations,
  type RunOperation,
} from './atlas-collection.ts';
import type { Fields } from './atlas-query.ts';
import type { CompareText } from './bson-order.ts';
import type { StoredDocuments } from './stored-documents.ts';

export interface AtlasDatabase {
  readonly collection: (db: string, name: string) => AtlasCollection;
  /** Makes a name a view or a time series collection, as `system.views` then shows. */
  readonly define: (db: string, name: string, kind: Exclude<CollectionKind, 'collection'>) => Promise<void>;
  /** Distributes a collection over shards. */
  readonly shard: (db: string, name: string, shards: number) => void;
  /** Gives a collection a default collation. */
  readonly collate: (db: string, name: string, compareText: CompareText) => void;
  /** Called around every operation. It can throw, or never return, as a cluster can. */
  around: (operation: AtlasOperation, name: string, run: () => Promise<unknown>) => Promise<unknown>;
}

export interface AtlasCollection {
  readonly traits: CollectionTraits;
  /** Everything in it, for tests. */
  readonly documents: () => Fields[];
  readonly run: RunOperation;
}

export function atlasDatabase(): AtlasDatabase {
  const collections = new Map<string, StoredDocuments>();
  const kinds = new Map<string, CollectionKind>();
  const collations = new Map<string, CompareText>();
  const shards = new Map<string, number>();
  const database: AtlasDatabase = {
    around: (_operation, _name, run) => run(),
    define: async (db, name, kind) => {
      kinds.set(`${db}.${name}`, kind);
      const views = collectionOperations(database.collection(db, 'system.views').run);
      if (kind === 'time-series-without-view') return;
      const viewOn = kind === 'view' ? 'another' : `system.buckets.${name}`;
      await views.insertOne({ _id: `${db}.${name}`, viewOn, pipeline: [] });
    },
    shard: (db, name, number) => void shards.set(`${db}.${name}`, number),
    collate: (db, name, compareText) => void collations.set(`${db}.${name}`, compareText),
    collection: (db, name) => {
      const key = `${db}.${name}`;
      const documents = collections.get(key) ?? new Map<string, Uint8Array>();
      collections.set(key, documents);
      return {
        traits: {
          kind: kinds.get(key) ?? 'collection',
          compareText: collations.get(key),
          shards: shards.get(key) ?? 1,
        },
        documents: () => [...documents.values()].map((bytes) => BSON.deserialize(bytes)),
        run: async (operation, change) => {
          let done: { result: ReturnType<typeof change> } | undefined;
          await database.around(operation, name, async () => {
            // Waits for another turn, so that a missing `await` is found.
            await new Promise(setImmediate);
            done = { result: change(documents) };
          });
          if (done === undefined) throw new Error('the operation did not run');
          return done.result;
        },
      };
    },
  };
  return database;
}

/** The database as a function sees it. Each operation waits for `spend`, which may never return. */
export function countedOperations(database: AtlasDatabase, spend: () => unknown) {
  const operationsOf = (db: string, name: string) => {
    const collection = database.collection(db, name);
    return collectionOperations(async (operation, change) => {
      await spend();
      return await collection.run(operation, change);
    }, collection.traits);
  };
  return { db: (db: string) => ({ collection: (name: string) => operationsOf(db, name) }) };
}
