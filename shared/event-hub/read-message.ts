// Finds the change event in the body of a message, as Extended JSON v2. Senders wrap events in several ways.
import { isUtf8 } from 'node:buffer';
import type { TextBudget } from '../json/byte-writer.ts';
import { openBrace, openBracket, quote, skipSpace } from '../json/json-bytes.ts';
import { jsonFaultSteps, maxDepth } from '../json/json-fault.ts';
import { type Member, memberOf, membersOf, stringAt } from '../json/json-text.ts';
import type { Steps } from '../json/steps.ts';
import { stringEnd } from '../json/value-end.ts';
import { withoutBareNumbers } from './bare-numbers.ts';
import { fromLegacyJson, isLegacyJson } from './legacy-json.ts';

export type ReadMessage =
  /** A JSON object, with nothing but space around it. */
  | { readonly kind: 'object'; readonly text: Uint8Array }
  /** A tombstone for Kafka's log compaction. It has no event. */
  | { readonly kind: 'empty' }
  | HubRefusal;

export interface HubRefusal {
  readonly kind: 'refused';
  /** For the log. */
  readonly code: string;
  /** For people. It never has content of the message. */
  readonly reason: string;
}

/** Converters nest a string in an envelope in a string, and no deeper. */
const maxWrappings = 4;

/** In steps. `budget` limits the copies of the text. */
export function* readMessageSteps(body: Uint8Array, budget: TextBudget): Steps<ReadMessage> {
  let text = body;
  let hasBareNumbers = false;
  for (let wrappings = 0; wrappings <= maxWrappings; wrappings++) {
    if (skipSpace(text, 0) === text.length) return { kind: 'empty' };
    if (!isUtf8(text)) return refused('not-utf-8', 'UTF-8', 'it is not');
    let fault = yield* jsonFaultSteps(text);
    const mended = fault === 'not-json' ? yield* withoutBareNumbers(text, budget) : undefined;
    if (mended !== undefined) {
      text = mended;
      hasBareNumbers = true;
      fault = yield* jsonFaultSteps(text);
    }
    if (fault === 'too-deep') return refused('too-deep', `JSON of at most ${maxDepth} levels`, 'it has more');
    if (fault === 'not-json') return refused('not-json', 'JSON', 'it is not');
    const unwrapped = unwrap(text);
    if (unwrapped.kind !== 'wrapped')
      return unwrapped.kind === 'object' ? yield* asV2(text, hasBareNumbers, budget) : unwrapped;
    text = unwrapped.text;
  }
  return refused('too-often-wrapped', 'one change event', `it is wrapped more than ${maxWrappings} times`);
}

function unwrap(text: Uint8Array): ReadMessage | { readonly kind: 'wrapped'; readonly text: Uint8Array } {
  const start = skipSpace(text, 0);
  switch (text[start]) {
    case quote: {
      const inner = stringAt(text, start, stringEnd(text, start));
      return inner.isWellFormed()
        ? { kind: 'wrapped', text: Buffer.from(inner) }
        : refused('not-utf-8', 'UTF-8', 'it is not');
    }
    case openBrace:
      return unwrapObject(text, start);
    case openBracket:
      return refused('an-array', 'one change event', 'it is an array');
    default:
      return isNull(text, start)
        ? { kind: 'empty' }
        : refused('not-an-object', 'one change event', 'it has another type');
  }
}

/** Kafka Connect's JsonConverter writes `{schema, payload}`. No change event has just these two members. */
function unwrapObject(
  text: Uint8Array,
  start: number,
): ReadMessage | { readonly kind: 'wrapped'; readonly text: Uint8Array } {
  const members = membersOf(text, start, 64);
  if (members === undefined) return { kind: 'object', text };
  const payload = members.get('payload');
  if (payload !== undefined && members.size === 2 && members.has('schema'))
    return { kind: 'wrapped', text: text.subarray(payload.start, payload.end) };
  return isDebezium(members) ? refused('debezium', 'a MongoDB change event', debezium) : { kind: 'object', text };
}

function isDebezium(members: ReadonlyMap<string, Member>): boolean {
  return ['op', 'source'].every((name) => members.has(name)) && !members.has('operationType');
}

const debezium =
  'it is an envelope of Debezium, which has no resume token: send with the MongoDB Kafka connector (docs/event-hubs.md)';

function isNull(text: Uint8Array, start: number): boolean {
  return text[start] === 0x6e;
}

/** JSON has no bare `NaN`, so a message with one can only be v1. With a `wallTime` of v2 it is malformed. */
function* asV2(text: Uint8Array, hasBareNumbers: boolean, budget: TextBudget): Steps<ReadMessage> {
  if (yield* isLegacyJson(text)) return { kind: 'object', text: yield* fromLegacyJson(text, budget) };
  if (!hasBareNumbers) return { kind: 'object', text };
  return memberOf(text, skipSpace(text, 0), 'wallTime') !== undefined
    ? refused('not-json', 'JSON', 'it is not')
    : { kind: 'object', text: yield* fromLegacyJson(text, budget) };
}

function refused(code: string, mustBe: string, found: string): HubRefusal {
  return { kind: 'refused', code, reason: `Cannot read message: it must be ${mustBe}: ${found}` };
}
