// Requests of an enemy or of a broken sender: changed valid events, and random bytes.
import { gzipSync } from 'node:zlib';
import { changeEvents, type EventFields, tokenOf } from './change-events.ts';
import { hostileName } from './hostile-names.ts';
import { fc } from './seeded.ts';

/** In every secret place of an event: documents, keys, and the resume token with the key. */
export const canary = 'canaryCANARY4711';
export const canaryHex = Buffer.from(canary).toString('hex').toUpperCase();

export interface HostileRequest {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** The valid events of the sent array, if nothing else of the request is wrong. */
  readonly valid: readonly number[] | undefined;
}

let events = 0;

/** Different events, so that each has its own file. */
function markedEvent(event: EventFields): EventFields {
  const increment = ++events;
  return {
    ...event,
    _id: { _data: `${tokenOf(increment)}${canaryHex}` },
    documentKey: { region: canary, _id: canary },
    ...('fullDocument' in event && { fullDocument: { _id: canary, [canary]: [canary] } }),
    [canary]: canary,
  };
}

const validEvent = fc.constantFrom<EventFields>(...Object.values(changeEvents)).map(markedEvent);

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', 0, -1, 1e308, [], {}, [[]], '\u0000', '\ud800', '__proto__'),
  fc.constantFrom<unknown>({ $oid: 'z' }, { $numberLong: 'x' }, { $date: 'never' }, { $date: { $numberLong: '-1' } }),
  fc.constantFrom<unknown>(
    { $timestamp: { t: -1, i: 1e99 } },
    { $timestamp: { t: 4294967296, i: 0 } },
    { $timestamp: 1 },
  ),
  fc.constantFrom<unknown>({ $binary: { base64: '!', subType: 'zz' } }, { $uuid: 'x' }, { $code: 1, $scope: [] }),
  fc.record({ db: hostileName, coll: hostileName }),
  fc.integer({ min: 1, max: 400 }).map((levels) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)),
  fc
    .integer({ min: 990, max: 1010 })
    .map((fields) => Object.fromEntries(Array.from({ length: fields }, (_, n) => [`f${n}`, n]))),
  fc.jsonValue({ maxDepth: 3 }),
);

const fieldName = fc.constantFrom(
  '_id',
  'operationType',
  'clusterTime',
  'wallTime',
  'ns',
  'documentKey',
  'fullDocument',
  'to',
);

const change: fc.Arbitrary<(event: EventFields) => EventFields> = fc.oneof(
  fc.tuple(fieldName, oddValue).map(([name, value]) => (event: EventFields) => ({ ...event, [name]: value })),
  fieldName.map(
    (name) => (event: EventFields) => Object.fromEntries(Object.entries(event).filter(([key]) => key !== name)),
  ),
  oddValue.map((value) => (event: EventFields) => ({ ...event, _id: { _data: value } })),
  oddValue.map((value) => (event: EventFields) => ({ ...event, clusterTime: { $timestamp: value } })),
  oddValue.map((value) => (event: EventFields) => ({ ...event, fullDocument: { [canary]: value } })),
  fc.tuple(hostileName, oddValue).map(([name, value]) => (event: EventFields) => ({ ...event, [name]: value })),
);

const changedEvent = fc
  .tuple(validEvent, fc.array(change, { minLength: 1, maxLength: 3 }))
  .map(([event, changes]) => changes.reduce<EventFields>((changed, next) => next(changed), event));

interface Content {
  readonly text: Uint8Array;
  readonly valid: readonly number[] | undefined;
}

const wellFormed: fc.Arbitrary<Content> = fc.oneof(
  validEvent.map((event) => ({ text: bytesOf(event), valid: [0] })),
  changedEvent.map((event) => ({ text: bytesOf(event), valid: undefined })),
  fc
    .array(fc.oneof(validEvent.map(asValid), changedEvent.map(asChanged), oddValue.map(asChanged)), { maxLength: 8 })
    .map(arrayOf),
  fc.jsonValue().map((value) => ({ text: bytesOf(value), valid: undefined })),
);

function asValid<T>(value: T) {
  return { value, isValid: true };
}

function asChanged<T>(value: T) {
  return { value, isValid: false };
}

/** One value with too many levels refuses the whole request, also its valid events. */
function arrayOf(elements: readonly { readonly value: unknown; readonly isValid: boolean }[]): Content {
  const text = bytesOf(elements.map(({ value }) => value));
  const valid = elements.flatMap(({ isValid }, index) => (isValid ? [index] : []));
  return { text, valid: String(text).includes('['.repeat(200)) ? undefined : valid };
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** Inserts, removes or replaces bytes anywhere. */
const cut = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat({ max: 12 }),
  fc.oneof(fc.uint8Array({ maxLength: 12 }), oddText()),
);

function oddText(): fc.Arbitrary<Uint8Array> {
  const texts = [
    '"operationType":5,',
    '"_id":{},',
    '}',
    ']',
    ',',
    '\\u0000',
    '\\ud800',
    '\0',
    '\ufeff',
    '"',
    '{"a":',
    '/*',
  ];
  return fc.constantFrom(...texts).map((text) => Buffer.from(text));
}

const broken: fc.Arbitrary<Content> = fc.oneof(
  fc.tuple(wellFormed, fc.array(cut, { minLength: 1, maxLength: 4 })).map(([{ text }, cuts]) => {
    const changed = cuts.reduce<Uint8Array>((bytes, [place, removed, inserted]) => {
      const at = Math.floor(place * bytes.length);
      return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
    }, text);
    return { text: changed, valid: undefined };
  }),
  fc.uint8Array({ maxLength: 300 }).map((text) => ({ text, valid: undefined })),
  wellFormed.map(({ text }) => ({ text: Buffer.from(String(text), 'utf16le'), valid: undefined })),
  fc.integer({ min: 1, max: 200_000 }).map((length) => ({ text: Buffer.alloc(length, '['), valid: undefined })),
);

/** Encodes the text as a body. Only the first two match their header. */
const wrappings: readonly ((text: Uint8Array) => Pick<HostileRequest, 'body' | 'headers'>)[] = [
  (text) => ({ body: text, headers: {} }),
  (text) => ({ body: gzipSync(text), headers: { 'content-encoding': 'gzip' } }),
  (text) => ({ body: text, headers: { 'content-encoding': 'gzip' } }),
  (text) => ({ body: gzipSync(text), headers: {} }),
  (text) => ({ body: gzipSync(text).subarray(0, -9), headers: { 'content-encoding': 'gzip' } }),
  (text) => ({ body: Buffer.concat([gzipSync(text), Buffer.from(canary)]), headers: { 'content-encoding': 'gzip' } }),
  (text) => ({ body: Buffer.concat([gzipSync(text), gzipSync(text)]), headers: { 'content-encoding': 'gzip' } }),
  (text) => ({
    body: gzipSync(Buffer.concat([text, Buffer.alloc(3_000_000, ' ')])),
    headers: { 'content-encoding': 'gzip' },
  }),
  (text) => ({ body: text, headers: { 'content-encoding': canary } }),
];

const json = { 'content-type': 'application/json' };
const oddHeaders = fc.constantFrom<HostileRequest['headers']>(
  { 'content-type': canary },
  { 'content-type': ['application/json', 'text/plain'] },
  { 'content-type': 'application/json; charset=utf-16' },
  {},
  { ...json, 'content-encoding': ['gzip', 'gzip'] },
);
const harmlessHeaders = fc.constantFrom<HostileRequest['headers']>(
  { ...json },
  { ...json, 'webhook-id': canary, 'webhook-timestamp': canary, 'webhook-signature': canary },
  { ...json, 'x-forwarded-for': canary, cookie: canary, authorization: canary },
  { 'content-type': 'application/json; charset=utf-8' },
);

export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: wellFormed }, { weight: 2, arbitrary: broken }),
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(0, 1) },
      { weight: 3, arbitrary: fc.nat({ max: wrappings.length - 1 }) },
    ),
    fc.oneof(
      { weight: 8, arbitrary: harmlessHeaders.map(asValid) },
      { weight: 1, arbitrary: oddHeaders.map(asChanged) },
    ),
  )
  .map(([{ text, valid }, wrapping, { value, isValid }]) => {
    const wrapped = wrappings[wrapping]?.(text) ?? { body: text, headers: {} };
    const headers = { ...wrapped.headers, ...value };
    return { body: wrapped.body, headers, valid: wrapping < 2 && isValid ? valid : undefined };
  });
