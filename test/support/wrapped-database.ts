import type { RunOperation } from '../../local/atlas/atlas-collection.ts';
import type { AtlasDatabase } from '../../local/atlas/atlas-database.ts';

/** Returns the same database, with something around each operation of its collections. */
export function wrappedDatabase(
  database: AtlasDatabase,
  wrap: (run: RunOperation, name: string) => RunOperation,
): AtlasDatabase {
  return {
    ...database,
    collection: (db, name) => {
      const collection = database.collection(db, name);
      return { ...collection, run: wrap(collection.run, name) };
    },
  };
}
