// A collection as an Atlas function sees it, with the operations that our functions use.
// https://www.mongodb.com/docs/atlas/atlas-ui/triggers/functions/api/
import { BSON } from 'bson';
import { type Fields, projected, sortedBy } from './atlas-query.ts';
import { type CompareText, compareUtf8 } from './bson-order.ts';
import { databaseError, insert, matching, remove, type StoredDocuments, updateDocuments } from './stored-documents.ts';

export type AtlasOperation = 'read' | 'write';

export type RunOperation = <T>(operation: AtlasOperation, change: (documents: StoredDocuments) => T) => Promise<T>;

/** The kind of a namespace. A new server has time series without a view: they are not in `system.views`. */
export type CollectionKind = 'collection' | 'view' | 'time-series' | 'time-series-without-view';

/** What a server knows of a collection besides its documents. */
export interface CollectionTraits {
  readonly kind: CollectionKind;
  /** The order of strings. Undefined without a collation. */
  readonly compareText: CompareText | undefined;
  /** The number of its shards. Statistics come from each of them. */
  readonly shards: number;
}

const plainCollection: CollectionTraits = { kind: 'collection', compareText: undefined, shards: 1 };

export function collectionOperations(run: RunOperation, traits: CollectionTraits = plainCollection) {
  const { compareText = compareUtf8 } = traits;
  const read = <T>(look: (documents: StoredDocuments) => T) => run('read', look);
  const write = <T>(change: (documents: StoredDocuments) => T) => run('write', change);
  const find = (query: Fields = {}, projection?: Fields) =>
    cursor((sort, most) =>
      read((documents) =>
        sortedBy(matching(documents, query, compareText), sort, compareText)
          .slice(0, most)
          .map((one) => projected(one, projection)),
      ),
    );
  const update = (query: Fields, change: Fields, options: Fields, most: number) =>
    write((documents) => updateDocuments(documents, query, change, options, most).counts);
  return {
    find,
    findOne: async (query: Fields = {}, projection?: Fields) =>
      (await find(query, projection).limit(1).toArray())[0] ?? null,
    findOneAndUpdate: (query: Fields, change: Fields, options: Fields = {}) =>
      write((documents) => {
        const { before, after } = updateDocuments(documents, query, change, options, 1);
        return options['returnNewDocument'] === true ? after : before;
      }),
    insertOne: (document: Fields) => write((documents) => insert(documents, document)),
    updateOne: (query: Fields, change: Fields, options: Fields = {}) => update(query, change, options, 1),
    updateMany: (query: Fields, change: Fields, options: Fields = {}) => update(query, change, options, Infinity),
    deleteOne: (query: Fields) => write((documents) => remove(documents, query, 1)),
    deleteMany: (query: Fields) => write((documents) => remove(documents, query, Infinity)),
    aggregate: (stages: readonly unknown[]) => ({
      toArray: () => read((documents) => aggregated(documents, stages, traits)),
    }),
    count: (query: Fields = {}) => read((documents) => matching(documents, query).length),
  };
}

/** Knows two aggregations: statistics from the metadata, and the sizes of the first documents in an order. */
function aggregated(documents: StoredDocuments, stages: readonly unknown[], traits: CollectionTraits): Fields[] {
  const { compareText = compareUtf8 } = traits;
  const questions = statisticsIn(stages);
  if (questions !== undefined) return collStats(documents, traits, questions);
  const [match, sort, limit, project, ...others] = stages.map((stage) => Object.entries(Object(stage)));
  const names = [match, sort, limit, project].map((stage) => stage?.[0]?.[0]).join();
  const isKnown = names === '$match,$sort,$limit,$project' && others.length === 0;
  if (!isKnown || JSON.stringify(project?.[0]?.[1]) !== '{"_id":0,"bytes":{"$bsonSize":"$$ROOT"}}')
    throw new Error('unknown aggregation');
  return sortedBy(matching(documents, Object(match?.[0]?.[1]), compareText), Object(sort?.[0]?.[1]), compareText)
    .slice(0, Number(limit?.[0]?.[1]))
    .map((document) => ({ bytes: BSON.calculateObjectSize(document) }));
}

/** As the server says it, without the namespace. One code means both. */
const notSupported = {
  view: 'Namespace is a view, not a collection',
  'time-series': 'Taking lock for timeseries is not allowed',
};

/** Undefined for other aggregations. */
function statisticsIn(stages: readonly unknown[]): string[] | undefined {
  const [first, ...others] = stages.map((stage) => Object.entries(Object(stage)));
  const isKnown = first?.length === 1 && first[0]?.[0] === '$collStats' && others.length === 0;
  return isKnown ? Object.keys(Object(first[0]?.[1])) : undefined;
}

/** https://www.mongodb.com/docs/manual/reference/operator/aggregation/collStats/ */
function collStats(documents: StoredDocuments, { kind, shards }: CollectionTraits, questions: string[]): Fields[] {
  if (questions.some((one) => one !== 'count' && one !== 'storageStats')) throw new Error('unknown statistics');
  if (kind === 'view' || kind === 'time-series')
    throw databaseError(`(CommandNotSupportedOnView) ${notSupported[kind]}`, 166);
  if (documents.size === 0) throw databaseError('(NamespaceNotFound) Collection not found', 26);
  return Array.from({ length: shards }, (_, shard) => {
    const count = Math.floor((documents.size + shard) / shards);
    const storageStats = kind === 'collection' ? { count } : { timeseries: { bucketCount: count } };
    return { count, ...(questions.includes('storageStats') ? { storageStats } : {}) };
  });
}

/** `findOne` does not sort. A cursor does, and has a limit. */
function cursor(fetch: (sort: Fields, most: number) => Promise<Fields[]>, sort: Fields = {}, most = Infinity) {
  return {
    sort: (order: Fields) => cursor(fetch, order, most),
    limit: (limit: number) => cursor(fetch, sort, limit),
    toArray: () => fetch(sort, most),
    next: async () => (await fetch(sort, 1))[0],
  };
}
