// Canaries are texts in every place of a secret or content. A search finds each of them in any encoding. A part of a
// canary is enough, because logs cut long texts.
import assert from 'node:assert/strict';
import { changeEvents, type EventFields, eventSeconds } from './change-events.ts';

export const canaries = {
  document: 'Quokka7DxVq3XzJw9KtHb',
  shortId: 'kQ7zXw9J',
  /** Twelve bytes. Only the path of its file contains them, in hex. */
  objectId: 'jQ4zXw7KvH2p',
  shardKey: 'Wombat5SxHq8ZvKx2PtJd',
  unknownField: 'Numbat6UxJz4QwVk9XpRf',
  nameOfUnknownField: 'Bandicoot8NxXqZj3VwKt',
  arrayElement: 'Potoroo9AxKv7ZqWj2XtHg',
  fieldName: 'Dunnart4FxQx6WzJvKp8Bt',
  /** Looks like the system's own words for faults, and follows one of them. */
  capitals: 'GREENOTTERECONNQZXVKJWQZ',
  signingSecret: 'Bettong3GxZq7VwJx5KpHt9RzBd2LmX_',
  functionKey: 'Quoll2KxZx8JqVw5Hk3Pz7RtXg',
  storageKey: 'Pademelon1YxXq9ZvJw4KxHz7QpRt2Nb6Lm8Gd5Fs3Cy0Xk2Vj7Wq9Zb4Hg6Td',
  redactKey: 'Thylacine7RxVq3ZwKj8XpHt5BzGd2Lm',
  urlQuery: 'Kowari5QxZq8XvJt4WkHp',
  privateKey: 'Mulgara6PxJx3WzVq9KtHb',
  /** For a host name, which has only small letters. */
  host: 'wallaroo7qxzj4kvw8ht',
} as const;

export type Canary = keyof typeof canaries;

/** The canaries of an event. The others are secrets and addresses. */
export const contentCanaries = [
  ...(['document', 'shortId', 'objectId', 'shardKey', 'unknownField'] as const),
  ...(['nameOfUnknownField', 'arrayElement', 'fieldName', 'capitals'] as const),
];

/** In the form of settings. */
export const signingSecret = `whsec_${base64(canaries.signingSecret)}`;
export const redactKey = `whsec_${base64(canaries.redactKey)}`;
export const storageKey = base64(canaries.storageKey);

const { document, shortId, shardKey, unknownField, nameOfUnknownField, arrayElement, fieldName, capitals } = canaries;

export const objectId = { $oid: Buffer.from(canaries.objectId).toString('hex') };

/**
 * An update of a document without an ObjectId, unless one is given. So even the path of its file shows nothing of it.
 */
export function canaryEvent(db: string, increment = 1, _id: unknown = shortId): EventFields {
  const time = eventSeconds.toString(16) + increment.toString(16).padStart(8, '0');
  const key = Buffer.from(`${shardKey}\0${shortId}\0`).toString('hex');
  const fullDocument = { _id, title: document, tags: [arrayElement], [fieldName]: capitals };
  return {
    ...changeEvents.update,
    _id: { _data: `82${time}2B042C0100296E5A1004463C${key}0004`.toUpperCase() },
    clusterTime: { $timestamp: { t: eventSeconds, i: increment } },
    ns: { db, coll: 'movies' },
    documentKey: { region: shardKey, _id },
    fullDocument,
    fullDocumentBeforeChange: { ...fullDocument, title: `before ${document}` },
    updateDescription: {
      updatedFields: { [fieldName]: capitals, [`tags.0.${fieldName}`]: document },
      removedFields: [fieldName],
      truncatedArrays: [{ field: fieldName, newSize: 1 }],
    },
    [nameOfUnknownField]: { deeper: [unknownField] },
  };
}

export interface Found {
  readonly canary: string;
  readonly form: string;
  readonly piece: string;
}

/** Every canary that the text shows in part, in any encoding. */
export function canariesIn(text: string): Found[] {
  const folded = text.toLowerCase();
  return needles.flatMap(({ canary, form, pieces, halves, isFolded }) => {
    const searched = isFolded ? folded : text;
    // Every piece contains one of the halves, and there are far fewer halves.
    if (!halves.some((half) => searched.includes(half))) return [];
    const piece = pieces.find((one) => searched.includes(one));
    return piece === undefined ? [] : [{ canary, form, piece }];
  });
}

export function assertNoCanary(what: string, ...texts: readonly string[]): void {
  for (const text of texts) assert.deepEqual(canariesIn(text), [], `${what} tells: ${text.slice(0, 2000)}`);
}

/** A thrown value with its message, stack, causes, the errors of an aggregate, and its own properties. */
export function toldBy(thrown: unknown): string {
  if (!(thrown instanceof Error) && Object.prototype.toString.call(thrown) !== '[object Error]') return String(thrown);
  const { name, message, stack, cause, errors = [], ...others } = detailsOf(thrown);
  const inner = [cause, ...(Array.isArray(errors) ? errors : [])].filter((one) => one !== undefined);
  return [name, message, stack, JSON.stringify(others), ...inner.map(toldBy)].join('\n');
}

function detailsOf(error: unknown): Readonly<Record<string, unknown>> {
  const named = { name: Object(error).name, message: Object(error).message };
  return { ...named, stack: Object(error).stack, ...Object(error), ...hiddenIn(error) };
}

/** Not among its own enumerable properties. */
function hiddenIn(error: unknown) {
  return { cause: Object(error).cause, errors: Object(error).errors };
}

interface Needles {
  readonly canary: string;
  readonly form: string;
  readonly pieces: readonly string[];
  readonly halves: readonly string[];
  readonly isFolded: boolean;
}

const needles: readonly Needles[] = Object.entries(canaries).flatMap(([canary, text]) => [
  { canary, form: 'plain', ...piecesOf(text.toLowerCase(), 10), isFolded: true },
  { canary, form: 'hex', ...piecesOf(Buffer.from(text).toString('hex'), 20), isFolded: true },
  { canary, form: 'codes', ...piecesOf([...Buffer.from(text)].join(','), 40), isFolded: true },
  ...[0, 1, 2].flatMap((shift) =>
    [base64At(text, shift), base64At(text, shift).replaceAll('+', '-').replaceAll('/', '_')].map((encoded) => ({
      ...{ canary, form: `base64 at ${shift}`, ...piecesOf(encoded, 14), isFolded: false },
    })),
  ),
]);

/** All pieces of that length, or the whole if it is shorter. And its consecutive parts of half the length. */
function piecesOf(text: string, atMost: number): Pick<Needles, 'pieces' | 'halves'> {
  const length = Math.min(atMost, text.length);
  const half = length >> 1;
  return {
    pieces: Array.from({ length: text.length - length + 1 }, (_, start) => text.slice(start, start + length)),
    halves: Array.from({ length: Math.floor(text.length / half) }, (_, at) => text.slice(at * half, (at + 1) * half)),
  };
}

/** The part of its base64 that does not depend on the text before (by its length) and after. */
function base64At(text: string, shift: number): string {
  const encoded = Buffer.from('\0'.repeat(shift) + text).toString('base64');
  return encoded.slice(shift === 0 ? 0 : shift + 1).replace(/.={1,2}$/, '');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
