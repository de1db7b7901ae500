// A seeded story of a shop, as its change streams report it. It has every kind of change that a reader of the lake can
// meet. It comes in waves: the compaction runs between two waves.
import { randomFrom } from '../../support/seeded-random.ts';

export type Event = Readonly<Record<string, unknown>>;
export type Wave = readonly Event[];

export interface Story {
  readonly waves: readonly Wave[];
}

/** 2026-11-20T22:00:00Z. The story passes midnight twice. */
const beginning = 1_795_212_000;
const waveCount = 4;

interface Told {
  readonly event: Event;
  readonly wave: number;
}

export function tellStory(seed: number): Story {
  const numbers = randomFrom(seed);
  const random = () => numbers.below(1_000) / 1_000;
  const told: Told[] = [];
  const shop = openShop();
  for (let wave = 0; wave < waveCount; wave++) {
    const events = [...scripted(shop, wave), ...drawn(shop, wave, random)];
    for (const event of events) {
      const isLate = wave + 1 < waveCount && random() < 0.15;
      told.push({ event, wave: isLate ? wave + 1 : wave });
      // A second delivery, at once or much later. The first file stays.
      if (random() < 0.15) told.push({ event, wave: Math.floor(random() * waveCount) });
    }
  }
  return { waves: Array.from({ length: waveCount }, (_, wave) => shuffled(told, wave, random)) };
}

function shuffled(told: readonly Told[], wave: number, random: () => number): Event[] {
  const events = told.filter((one) => one.wave === wave).map(({ event }) => ({ event, rank: random() }));
  return events.toSorted((one, other) => one.rank - other.rank).map(({ event }) => event);
}

type Collection = 'orders' | 'carts' | 'baskets';
type Fields = Readonly<Record<string, unknown>>;

interface Shop {
  readonly change: (coll: Collection, operationType: string, key: unknown, fields: Fields) => Event;
  readonly withoutKey: (coll: Collection | undefined, operationType: string, fields: Fields) => Event;
  readonly together: (changes: () => readonly Event[]) => readonly Event[];
  readonly snapshot: (coll: Collection, key: unknown, document: Fields) => Event;
  readonly later: (seconds: number) => void;
}

/**
 * Keeps the clock of the stream. Tokens sort in the order of changes, also within a second and within a transaction.
 */
function openShop(): Shop {
  let time = { t: beginning, i: 0 };
  let place: number | undefined;

  function tick(): void {
    if (place === undefined) time = { ...time, i: time.i + 1 };
    else place++;
  }

  function opening(coll: string | undefined, operationType: string, tail: string): Fields {
    const at = time.t.toString(16).padStart(8, '0') + time.i.toString(16).padStart(8, '0');
    const inTransaction = place === undefined ? '29' : `2B${(place * 2).toString(16).padStart(2, '0')}`;
    const token = `82${at}2B042C0100${inTransaction}6E5A1004C2343422EFE14F4CB7555BD7CD393228463C${tail}000004`;
    return {
      _id: { _data: token.toUpperCase() },
      operationType,
      clusterTime: { $timestamp: { ...time } },
      wallTime: { $date: { $numberLong: String(time.t * 1000 + 250) } },
      ...(coll !== undefined && { ns: { db: 'shop', coll } }),
    };
  }

  return {
    change: (coll, operationType, _id, fields) => {
      tick();
      const tail = Buffer.from(JSON.stringify(_id)).toString('hex');
      const transaction = place === undefined ? {} : { txnNumber: { $numberLong: '7' }, lsid: { uid: 'é"\\' } };
      return { ...opening(coll, operationType, tail), documentKey: { _id }, ...fields, ...transaction };
    },
    withoutKey: (coll, operationType, fields) => {
      tick();
      return { ...opening(coll, operationType, ''), ...fields };
    },
    together: (changes) => {
      time = { ...time, i: time.i + 1 };
      place = 0;
      const events = changes();
      place = undefined;
      return events;
    },
    snapshot: (coll, _id, fullDocument) => {
      const digest = Buffer.from(`${coll} ${JSON.stringify(_id)}`.padEnd(16).slice(-16))
        .toString('hex')
        .toUpperCase();
      const token = `82${time.t.toString(16).toUpperCase()}0000000000${digest}`;
      return {
        _id: { _data: token },
        operationType: 'insert',
        clusterTime: { $timestamp: { t: time.t, i: 0 } },
        fullDocument,
        ns: { db: 'shop', coll },
        documentKey: { _id },
        snapshot: true,
      };
    },
    later: (seconds) => {
      time = { t: time.t + seconds, i: 0 };
    },
  };
}

const oid = (number: number) => ({ $oid: number.toString(16).padStart(24, '0') });

/** Has each kind once with every seed, so that each wave has its case. */
function scripted(shop: Shop, wave: number): Event[] {
  const { change, withoutKey, together, snapshot, later } = shop;
  const key = (number: number) => oid(0xa0 + number);
  later(1_800);
  switch (wave) {
    case 0:
      return [
        change('orders', 'insert', key(1), { fullDocument: order(key(1), 1) }),
        // Several changes within one second.
        change('orders', 'update', key(1), updated(order(key(1), 2))),
        change('orders', 'replace', key(1), { fullDocument: order(key(1), 3) }),
        // The document was deleted before the server looked it up.
        change('orders', 'update', key(1), { ...updated(order(key(1), 4)), fullDocument: null }),
        change('orders', 'update', key(9), { ...updated(order(key(9), 4)), fullDocument: null }),
        // Sent without its document: the key exists, and its fields are unknown.
        change('orders', 'insert', key(7), { fullDocument: null }),
        change('orders', 'insert', key(8), { fullDocument: order(key(8), 11) }),
        ...together(() => [
          change('orders', 'insert', key(2), { fullDocument: order(key(2), 5) }),
          change('orders', 'update', key(2), updated(order(key(2), 6))),
          change('carts', 'insert', key(2), { fullDocument: cart(key(2), 1) }),
        ]),
        change('carts', 'insert', key(3), { fullDocument: cart(key(3), 2) }),
        withoutKey('orders', 'createIndexes', { operationDescription: { indexes: [] } }),
      ];
    case 1: {
      const gone = change('orders', 'delete', key(1), { fullDocumentBeforeChange: order(key(1), 3) });
      later(2);
      return [
        gone,
        change('orders', 'insert', key(1), { fullDocument: order(key(1), 7) }),
        change('orders', 'delete', key(2), {}),
        snapshot('orders', key(2), order(key(2), 6)),
        snapshot('orders', key(4), order(key(4), 8)),
        change('orders', 'replace', key(8), { fullDocument: null }),
        change('carts', 'delete', key(3), {}),
        // Spark, Snowflake and others write these values with other bytes.
        change(
          'orders',
          'insert',
          { b: 1, a: "it's" },
          { fullDocument: { _id: { b: 1, a: "it's" }, note: 'a "b" \\ é €' } },
        ),
      ];
    }
    case 2:
      return [
        // The type of a field changes, and new fields appear.
        change('orders', 'update', key(1), updated({ ...order(key(1), 9), total: 9.75, code: 'A-9', coupon: 'NEW' })),
        change('orders', 'insert', key(5), {
          fullDocument: { ...order(key(5), 10), price: { $numberDecimal: '12345.125' } },
        }),
        withoutKey('carts', 'rename', { to: { db: 'shop', coll: 'baskets' } }),
        change('baskets', 'insert', key(2), { fullDocument: cart(key(2), 3) }),
        change('baskets', 'insert', key(6), { fullDocument: cart(key(6), 4) }),
        // A new collection has the old name.
        change('carts', 'insert', key(3), { fullDocument: cart(key(3), 5) }),
        change('carts', 'insert', key(7), {}),
        change('orders', 'update', key(7), updated(order(key(7), 12))),
      ];
    default:
      return [
        withoutKey('baskets', 'drop', {}),
        withoutKey(undefined, 'invalidate', {}),
        change('baskets', 'insert', key(6), { fullDocument: cart(key(6), 6) }),
        change('orders', 'delete', key(5), { fullDocumentBeforeChange: order(key(5), 10) }),
        change('orders', 'replace', key(7), {}),
        change('orders', 'archive', key(4), { operationDescription: { to: 'cold' } }),
      ];
  }
}

function drawn(shop: Shop, wave: number, random: () => number): Event[] {
  const alive = new Set<string>();
  const events: Event[] = [];
  for (let at = 0; at < 24; at++) {
    if (random() < 0.5) shop.later(Math.floor(random() * 1_500));
    const number = Math.floor(random() * 6);
    const coll = random() < 0.7 ? 'orders' : 'carts';
    const document = coll === 'orders' ? order(oid(number), wave * 100 + at) : cart(oid(number), wave * 100 + at);
    const name = `${coll} ${number}`;
    if (!alive.has(name)) {
      events.push(shop.change(coll, 'insert', document._id, { fullDocument: document }));
      alive.add(name);
    } else {
      const [operationType, fields] = nextChange(coll, document, random());
      events.push(shop.change(coll, operationType, document._id, fields));
      if (operationType === 'delete') alive.delete(name);
    }
  }
  return events;
}

function nextChange(coll: Collection, document: Fields, drawn: number): readonly [string, Fields] {
  if (drawn < 0.3) return ['delete', coll === 'orders' ? { fullDocumentBeforeChange: document } : {}];
  if (drawn < 0.4) return ['update', { ...updated(document), fullDocument: null }];
  if (drawn < 0.6) return ['replace', { fullDocument: document }];
  return ['update', updated(document)];
}

function updated(fullDocument: Fields): Fields {
  return {
    updateDescription: { updatedFields: { total: 1 }, removedFields: ['x'], truncatedArrays: [] },
    fullDocument,
  };
}

function order(_id: unknown, number: number) {
  return {
    _id,
    total: { $numberInt: String(number) },
    Total: `upper ${number}`,
    price: { $numberDecimal: `${number}.50` },
    placed: { $date: { $numberLong: String((beginning - number * 60) * 1000 + number) } },
    seen: { $numberLong: String(9_007_199_254_740_993n + BigInt(number)) },
    rate: { $numberDouble: `${number}.25` },
    code: { $numberInt: String(number) },
    note: `note "${number}" ’s`,
    paid: number % 2 === 0,
    tags: ['a', { n: { $numberInt: String(number) } }],
    address: { city: 'Łódź', zip: null },
    photo: { $binary: { base64: 'SGVhdA==', subType: '00' } },
    ref: { $binary: { base64: 'wjQ0Iu/hT0y3VVvXzTkyKA==', subType: '04' } },
    _key: `mine ${number}`,
    'line items': { $numberInt: '1' },
    nothing: null,
  };
}

function cart(_id: unknown, number: number) {
  return { _id, items: { $numberInt: String(number) }, owner: `owner ${number}` };
}
