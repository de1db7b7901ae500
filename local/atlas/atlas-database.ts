// The cluster behind `context.services`: collections in memory that keep BSON, as a server does.
import { BSON } from 'bson';
import {
  type AtlasOperation,
  collectionOperations,
  type RunOperation,
  type StoredDocuments,
} from './atlas-collection.ts';
import type { Fields } from './atlas-query.ts';

export interface AtlasDatabase {
  readonly collection: (db: string, name: string) => AtlasCollection;
  /** Called around every operation: may throw, or not come back, as a cluster does. */
  around: (operation: AtlasOperation, name: string, run: () => Promise<unknown>) => Promise<unknown>;
}

export interface AtlasCollection {
  /** Everything in it, for whoever looks from outside. */
  readonly documents: () => Fields[];
  readonly run: RunOperation;
}

export function atlasDatabase(): AtlasDatabase {
  const collections = new Map<string, StoredDocuments>();
  const database: AtlasDatabase = {
    around: (_operation, _name, run) => run(),
    collection: (db, name) => {
      const key = `${db}.${name}`;
      const documents = collections.get(key) ?? new Map<string, Uint8Array>();
      collections.set(key, documents);
      return {
        documents: () => [...documents.values()].map((bytes) => BSON.deserialize(bytes)),
        run: async (operation, change) => {
          let done: { result: ReturnType<typeof change> } | undefined;
          await database.around(operation, name, async () => {
            // Never in the same turn: whoever forgets to wait finds out.
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

/** What a function gets of it; each operation waits for `spend`, which may never let it go on. */
export function countedOperations(database: AtlasDatabase, spend: () => unknown) {
  const operationsOf = (db: string, name: string) =>
    collectionOperations(async (operation, change) => {
      await spend();
      return await database.collection(db, name).run(operation, change);
    });
  return { db: (db: string) => ({ collection: (name: string) => operationsOf(db, name) }) };
}
