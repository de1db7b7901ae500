// Every kind of request that a receiver answers or logs, full of canaries. The expected status proves that its code
// ran.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { canaries, canaryEvent, contentCanaries, objectId, redactKey, signingSecret, storageKey } from './canary.ts';
import { moods } from './canary-storage.ts';
import { type EventFields, withField, withoutField } from './change-events.ts';
import { signatureHeaders } from './deliveries.ts';

export interface CanaryRequest {
  readonly body: Uint8Array;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isUnsigned?: boolean;
  /** Its answer names a file after an ObjectId. */
  readonly hasPath?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: string;
}

export type Ask = (request: CanaryRequest) => Promise<Answer>;

const maxEvents = 60;

export const secrets = {
  STORAGE_ACCOUNT_KEY: storageKey,
  SIGNING_SECRETS: signingSecret,
  MAX_BODY_BYTES: '200000',
  MAX_EVENTS: String(maxEvents),
};
export const redaction = { REDACT: '*: title=mask, tags, region=hash', REDACT_KEY: redactKey };

const { document, shortId, fieldName, urlQuery } = canaries;
const event = canaryEvent('well');

/** All faults of an event that cause a refusal, by name. */
const refused: Readonly<Record<string, unknown>> = {
  'is text': document,
  'is a number': 4711,
  'is null': null,
  'is an array': [document],
  'has too many fields': {
    ...event,
    ...Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`${fieldName}${at}`, at])),
  },
  'has no token': withoutField(event, '_id'),
  'has text for a token': withField(event, '_id', shortId),
  'has a token without text': withField(event, '_id', { _data: { [fieldName]: shortId } }),
  'has a token of another name': withField(event, '_id', { [fieldName]: shortId }),
  'has an empty token': withField(event, '_id', { _data: '', [fieldName]: shortId }),
  'has no operation type': withoutField(event, 'operationType'),
  'has an object for an operation type': withField(event, 'operationType', { [fieldName]: document }),
  'has an array for an operation type': withField(event, 'operationType', [document]),
  'has no time': withoutField(withoutField(event, 'clusterTime'), 'wallTime'),
  'has text for a time': withField(event, 'clusterTime', document),
  'has an unknown form of time': withField(event, 'clusterTime', { $timestamp: { t: document, i: 1 } }),
  'has more than a time': withField(event, 'clusterTime', { $timestamp: { t: 1, i: 1 }, [fieldName]: document }),
  'has a long time': withField(event, 'clusterTime', document.repeat(300)),
  'has text for a wall time': onWallTime(document),
  'has an unknown form of wall time': onWallTime({ $date: document }),
  'has a wall time of no year': onWallTime({ $date: { $numberLong: '9999999999999999' }, [fieldName]: document }),
  'has text for a namespace': withField(event, 'ns', document),
  'has an object for a database': withField(event, 'ns', { db: { [fieldName]: document } }),
  'has an array for a collection': withField(event, 'ns', { db: 'well', coll: [document] }),
};

function onWallTime(wallTime: unknown): EventFields {
  return withField(withoutField(event, 'clusterTime'), 'wallTime', wallTime);
}

const problems: Readonly<Record<string, CanaryRequest>> = {
  unsigned: { body: bytes(event), status: 401, isUnsigned: true },
  'signed by another': {
    ...{ body: bytes(event), status: 401, isUnsigned: true },
    headers: { 'webhook-id': shortId, 'webhook-timestamp': document, 'webhook-signature': `v1,${document}` },
  },
  'of another type': { body: bytes(event), status: 415, headers: { 'content-type': `text/${document}` } },
  'of another encoding': { body: bytes(event), status: 415, headers: { 'content-encoding': document } },
  'too large': { body: bytes({ ...event, more: document.repeat(10_000) }), status: 413 },
  'too large when inflated': gzipped(bytes({ ...event, more: document.repeat(10_000) }), 413),
  'of too many events': { body: bytes(Array.from({ length: maxEvents + 1 }, () => event)), status: 413 },
  'nested too deep': { body: Buffer.from(`${'['.repeat(300)}"${document}"${']'.repeat(300)}`), status: 400 },
  'no JSON': { body: Buffer.from(`{"${fieldName}": ${document}`), status: 400 },
  'no UTF-8': { body: Buffer.concat([bytes(event), Buffer.from([0xff])]), status: 400 },
  empty: { body: Buffer.alloc(0), status: 400, headers: { 'webhook-id': shortId } },
  'broken gzip': { ...gzipped(Buffer.from('x'), 400), body: bytes(event) },
  'gzip that ends early': { ...gzipped(bytes(event), 400), body: gzipSync(bytes(event)).subarray(0, -9) },
  gzipped: gzipped(bytes({ ...event, clusterTime: { $timestamp: { t: 1, i: 1 } } }), 200),
};

/** The order matters: an event is stored before it is already stored. */
export const requests: Readonly<Record<string, CanaryRequest>> = {
  'an event that is stored': { body: bytes(canaryEvent('well', 2)), status: 200 },
  'an event that is already stored': { body: bytes(canaryEvent('well', 2)), status: 200 },
  'an event with an ObjectId': { body: bytes(canaryEvent('well', 6, objectId)), status: 200, hasPath: true },
  'events that are stored, one of them twice': {
    body: bytes([3, 4, 4].map((at) => canaryEvent('well', at))),
    status: 200,
  },
  ...Object.fromEntries(
    Object.entries(refused).map(([what, one]) => [
      `an event that ${what}`,
      { body: bytes(one === refused['is an array'] ? [one] : one), status: 400 },
    ]),
  ),
  'all that is refused, among others': { body: bytes([event, ...Object.values(refused)]), status: 400 },
  ...Object.fromEntries(Object.entries(problems).map(([what, one]) => [`a body that is ${what}`, one])),
};

/** Storage fails, also for only some events of a request. */
export const failing: Readonly<Record<string, CanaryRequest>> = Object.fromEntries(
  (['repeats', 'forbids', 'breaks'] as const).flatMap((mood) => [
    [`an event whose storage ${moods[mood]}`, { body: bytes(canaryEvent(mood, 1, objectId)), status: 503 }],
    [
      `events of some of which the storage ${moods[mood]}`,
      { body: bytes([canaryEvent(mood, 2, objectId), canaryEvent('well', 5), document]), status: 503 },
    ],
  ]),
);

export const hanging: CanaryRequest = { body: bytes([canaryEvent('hangs', 1, objectId), document]), status: 503 };

/** A header that we never read. Hosts and proxies add such headers. */
const besides = { 'x-functions-key': canaries.functionKey, referer: `http://receiver.test/?code=${urlQuery}` };

/** Everything that a receiver gets, for the secrecy table. */
export const given = {
  given: JSON.stringify([event, canaryEvent('well', 1, objectId), canaries.objectId, besides, secrets, redaction]),
  canaries: [...contentCanaries, 'functionKey', 'urlQuery', 'signingSecret', 'storageKey', 'redactKey'],
} as const;

/** The log's words for the failing storage. */
export const logged = [
  /"faults":\{"RestError 500":1/,
  /"faults":\{"RestError[ \w]* 403":1/,
  /"faults":\{"RestError \w+"/,
];

export function headersOf({ body, headers = {}, isUnsigned = false }: CanaryRequest): Record<string, string> {
  const { 'webhook-id': id, ...signature } = signatureHeaders(body, signingSecret);
  const all = { 'content-type': 'application/json', ...besides };
  return isUnsigned ? { ...all, ...headers } : { ...all, ...signature, ...headers, 'webhook-id': id };
}

/** Sends all requests to a receiver. Returns its answers, without the paths that contain an ObjectId. */
export async function answersOf(ask: Ask, late: Readonly<Record<string, CanaryRequest>> = failing): Promise<string[]> {
  // Requests that wait for a retry of storage run at once with all others.
  const failed = Object.entries(late).map(([what, one]) => answerTo(ask, what, one));
  const others: string[] = [];
  for (const [what, one] of Object.entries(requests)) others.push(await answerTo(ask, what, one));
  return [...(await Promise.all(failed)), ...others];
}

export async function answerTo(ask: Ask, what: string, request: CanaryRequest): Promise<string> {
  const { status, body, headers } = await ask(request);
  assert.equal(status, request.status, `${what}: ${body}`);
  return (request.hasPath === true ? body.replaceAll(/"path":"[^"]*"/g, '') : body) + headers;
}

function gzipped(body: Uint8Array, status: number): CanaryRequest {
  return { body: gzipSync(body), status, headers: { 'content-encoding': 'gzip' } };
}

function bytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
