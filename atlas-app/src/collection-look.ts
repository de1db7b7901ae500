// Looks at a collection before its load begins: whether it can be loaded, and how many documents it has.
import { fieldsOf, listOf } from './event.ts';
import type { Wanted } from './initial-loads.ts';
import { kindRefusalOf, refusalOf, timeSeriesRefusal, viewRefusal } from './load-refusals.ts';
import { collectionOf, within } from './runtime.ts';

interface Look {
  /** Why it cannot be loaded. Empty if it can, or if nobody knows. Then the server refuses the load later. */
  readonly refusal: string;
  readonly estimated: number | null;
}

/** For all questions about a collection. */
const lookMs = 10000;

export async function lookAt(wanted: Wanted): Promise<Look> {
  const { database, collection, filter } = wanted;
  const until = Date.now() + lookMs;
  const views = await quickly(until, () =>
    collectionOf(database, 'system.views').findOne({ _id: wanted.id }, { viewOn: 1 }),
  );
  const kind = kindOfView(views.answer, collection);
  if (kind !== '') return { refusal: kind, estimated: null };
  // The documentation does not say if a function may read `system.views`. New servers have time series without a view.
  // But this question is refused for a view, and its answer has the statistics of a time series.
  const counts = await quickly(until, () =>
    collectionOf(database, collection)
      .aggregate([{ $collStats: { count: {}, storageStats: {} } }])
      .toArray(),
  );
  const refusal = isTimeSeries(counts.answer) ? timeSeriesRefusal : kindRefusalOf(counts.error, wanted);
  if (refusal !== '') return { refusal, estimated: null };
  const estimated = filter === undefined ? sumOf(counts.answer) : null;
  if (estimated !== null) return { refusal, estimated };
  const query = filter === undefined ? {} : filter;
  const counted = await quickly(until, () => collectionOf(database, collection).count(query));
  return { refusal: refusalOf(counted.error, wanted), estimated: numberOrNull(counted.answer) };
}

function kindOfView(view: Fields | null | undefined, collection: string): string {
  if (view === undefined || view === null) return '';
  return view['viewOn'] === `system.buckets.${collection}` ? timeSeriesRefusal : viewRefusal;
}

function isTimeSeries(stats: readonly Fields[] | undefined): boolean {
  return listOf(stats).some((one) => fieldsOf(fieldsOf(one)['storageStats'])['timeseries'] !== undefined);
}

/** A sharded cluster answers for each shard. Null if a count is missing. */
function sumOf(stats: readonly Fields[] | undefined): number | null {
  if (stats === undefined || stats.length === 0 || stats.some(({ count }) => count === undefined)) return null;
  return stats.reduce((sum, { count }) => sum + Number(count), 0);
}

function numberOrNull(count: unknown): number | null {
  return count === undefined || count === null ? null : Number(count);
}

interface Asked<T> {
  readonly answer: T | undefined;
  readonly error: unknown;
}

/** Without an answer if the server refuses the question, or has not answered by then. */
async function quickly<T>(until: number, question: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { answer: await within(Math.max(1, until - Date.now()), question()), error: undefined };
  } catch (error) {
    return { answer: undefined, error };
  }
}
