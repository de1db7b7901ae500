// The content of the status page: counts and names. It has no document, and paths only on a laptop.
import type { Arrival, DeliveriesSeen, NamespaceCounts } from '../delivery-counts.ts';
import type { CollectionView, LakeView } from './count-lake.ts';
import { emptyHour, type HourCount, hoursUntil } from './hours.ts';

export interface Status {
  readonly nowMs: number;
  /** The address of the lake, without a secret. */
  readonly lake: string;
  readonly isSigned: boolean;
  readonly isLaptop: boolean;
  /** Whether the lake answers. */
  readonly isHealthy: boolean;
  /** Why the lake cannot be listed. */
  readonly fault: string | undefined;
  readonly countedMs: number;
  readonly waiting: number;
  /** There are more collections than are counted. */
  readonly hasMore: boolean;
  readonly hours: readonly HourCount[];
  readonly collections: readonly CollectionStatus[];
  readonly deliveries: DeliveriesSeen;
  readonly arrivals: readonly Arrival[];
  readonly hasTables: boolean;
}

export interface CollectionStatus {
  readonly name: string;
  /** Undefined until the first count. */
  readonly hours: readonly HourCount[] | undefined;
  readonly isPartial: boolean;
  readonly total: HourCount;
  readonly lagMs: number | undefined;
  /** Counted by this process since its start. Refused events are not included: their namespace cannot be trusted. */
  readonly failed: number;
  readonly table: TableStatus | undefined;
}

/** The progress of a table. `newestMs` is undefined if it has no rows. */
export interface TableStatus {
  readonly exists: boolean;
  /** Null if only a read of all files would give the number. */
  readonly rows: number | null;
  readonly newestMs: number | undefined;
  /** Why the table cannot be read. */
  readonly fault: string | undefined;
}

export interface StatusParts {
  readonly now: Date;
  readonly lake: string;
  readonly isSigned: boolean;
  readonly isLaptop: boolean;
  readonly isHealthy: boolean;
  readonly view: LakeView;
  readonly deliveries: DeliveriesSeen;
  /** By the folder of the collection. Undefined if TABLES is off. */
  readonly tables: ReadonlyMap<string, TableStatus> | undefined;
}

export function statusOf({ now, view, deliveries, tables, ...rest }: StatusParts): Status {
  const nowMs = now.getTime();
  const collections = view.collections.map((one) => collectionOf(one, deliveries.namespaces, tables));
  const shown = [...collections, ...onlyFailing(view.collections, deliveries.namespaces)];
  return {
    ...rest,
    nowMs,
    fault: view.fault,
    countedMs: view.atMs,
    waiting: view.waiting,
    hasMore: view.hasMore,
    hours: sumByHour(collections, nowMs),
    collections: shown.sort(byNeed),
    deliveries,
    arrivals: deliveries.arrivals,
    hasTables: tables !== undefined,
  };
}

function collectionOf(
  { db, coll, folder, hours, isPartial }: CollectionView,
  namespaces: readonly NamespaceCounts[],
  tables: StatusParts['tables'],
): CollectionStatus {
  const total = sumOf(hours ?? [], 0);
  const counts = namespaces.find((one) => one.db === db && one.coll === coll);
  return {
    name: nameOf(db, coll),
    hours,
    isPartial,
    total,
    lagMs: total.newest && Math.max(0, total.newest.writtenMs - total.newest.eventMs),
    failed: counts?.failed ?? 0,
    table: tables?.get(folder),
  };
}

/** Collections without a single stored event. They have no folder, and the operator must see them. */
function onlyFailing(views: readonly CollectionView[], namespaces: readonly NamespaceCounts[]): CollectionStatus[] {
  const known = new Set(views.map(({ db, coll }) => nameOf(db, coll)));
  return namespaces
    .filter(({ db, coll, failed }) => failed > 0 && !known.has(nameOf(db, coll)))
    .map(({ db, coll, failed }) => ({
      name: nameOf(db, coll),
      hours: undefined,
      isPartial: false,
      total: emptyHour(0),
      lagMs: undefined,
      failed,
      table: undefined,
    }));
}

export function nameOf(db: string | undefined, coll: string | undefined): string {
  if (db === undefined) return '(no namespace)';
  return coll === undefined ? `${db} (whole database)` : `${db}.${coll}`;
}

/** Collections with failures come first, then the busiest. */
function byNeed(one: CollectionStatus, other: CollectionStatus): number {
  return other.failed - one.failed || other.total.events - one.total.events || (one.name < other.name ? -1 : 1);
}

function sumByHour(collections: readonly CollectionStatus[], nowMs: number): readonly HourCount[] {
  return hoursUntil(nowMs).map((startMs, index) =>
    sumOf(
      collections.flatMap(({ hours }) => hours?.[index] ?? []),
      startMs,
    ),
  );
}

function sumOf(hours: readonly HourCount[], startMs: number): HourCount {
  return hours.reduce(
    (sum, hour) => ({
      startMs,
      events: sum.events + hour.events,
      files: sum.files + hour.files,
      bytes: sum.bytes + hour.bytes,
      late: sum.late + hour.late,
      newest: (hour.newest?.eventMs ?? -1) > (sum.newest?.eventMs ?? -1) ? hour.newest : sum.newest,
    }),
    emptyHour(startMs),
  );
}
