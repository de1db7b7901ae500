// Makes change events from a few words, and stores them through the real receiver.
import { receive } from '../../shared/http/receive.ts';
import type { LakeWriter } from '../../shared/lake/lake.ts';
import { type EventFields, eventSeconds } from './change-events.ts';
import { deliveryOf, now, receiverWith } from './deliveries.ts';

export interface Told {
  readonly operationType: string;
  readonly db: string;
  readonly coll: string;
  /** Extended JSON of the `_id`. Undefined for an event that is not about one document. */
  readonly id?: unknown;
  /** The document without its `_id`. Undefined if the event has no document. Null if the look-up found none. */
  readonly fields?: Readonly<Record<string, unknown>> | null;
  /** The seconds since the beginning of the story. */
  readonly second: number;
  /** The number of the event within its second, as a cluster counts. */
  readonly increment: number;
}

export function toldEvent({ operationType, db, coll, id, fields, second, increment }: Told): EventFields {
  const t = eventSeconds + second;
  const token = `82${t.toString(16)}${increment.toString(16).padStart(8, '0')}2B042C0100296E5A1004`.toUpperCase();
  const document = fields === null || fields === undefined ? fields : { _id: id, ...fields };
  const name = operationType === 'delete' ? 'fullDocumentBeforeChange' : 'fullDocument';
  return {
    _id: { _data: token },
    operationType,
    clusterTime: { $timestamp: { t, i: increment } },
    wallTime: { $date: { $numberLong: `${t}250` } },
    ...(document === undefined ? {} : { [name]: document }),
    ns: { db, coll },
    ...(id === undefined ? {} : { documentKey: { _id: id } }),
  };
}

/** The smallest story: one insert into shop.orders. */
export async function storeOneOrder(lake: LakeWriter): Promise<void> {
  const order = { operationType: 'insert', db: 'shop', coll: 'orders', id: 1, fields: { a: 1 } };
  await storeEvents(lake, [[toldEvent({ ...order, second: 1, increment: 1 })]]);
}

/** Each list is a delivery. With LAKE_FILES=batch it becomes one file. */
export async function storeEvents(
  lake: LakeWriter,
  deliveries: readonly (readonly (EventFields | string)[])[],
  environment: Record<string, string> = {},
): Promise<void> {
  const receiver = receiverWith(lake, environment);
  for (const events of deliveries) {
    const body = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
    const receipt = await receive(deliveryOf(`[${body.join()}]`), receiver, now);
    if (receipt.kind !== 'received') throw new Error(`Cannot store the events of a story: ${JSON.stringify(receipt)}`);
  }
}
