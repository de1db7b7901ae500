// Reads the values of a row that are not slices of its line: names and times.

import { yearTenThousandMs } from '../extended-json/dates.ts';
import { dollarKeyAt, readTypedValue } from '../extended-json/read-typed-value.ts';
import { openBrace, quote } from '../json/json-bytes.ts';
import { membersOf, type Span, stringAt } from '../json/json-text.ts';
import { isoTimeAt } from './iso-time.ts';
import { hasBytes } from './line-members.ts';

export function isNull(line: Uint8Array, { start }: Span): boolean {
  return line[start] === 0x6e;
}

/** Undefined if there is no text. */
export function textOf(line: Uint8Array, member: Span | undefined): string | undefined {
  return member === undefined || line[member.start] !== quote ? undefined : stringAt(line, member.start, member.end);
}

/** A lake has few types of operations. Most rows have the one of the row before. */
let lastType: { readonly bytes: Uint8Array; readonly text: string | null | undefined } = {
  bytes: new Uint8Array(),
  text: undefined,
};

/** Null for a JSON null or a missing member. Undefined where the column cannot hold the value. */
export function operationTypeOf(line: Uint8Array, member: Span | undefined): string | null | undefined {
  if (member === undefined) return null;
  if (!hasBytes(line, member.start, member.end, lastType.bytes))
    lastType = { bytes: Uint8Array.from(line.subarray(member.start, member.end)), text: wholeTextOf(line, member) };
  return lastType.text;
}

/** Null for a JSON null or a missing member. Undefined where a column of UTF-8 text cannot hold the value. */
function wholeTextOf(line: Uint8Array, member: Span | undefined): string | null | undefined {
  if (member === undefined || isNull(line, member)) return null;
  const text = textOf(line, member);
  return text?.isWellFormed() ? text : undefined;
}

export interface Namespace {
  readonly db: string | null;
  readonly coll: string | null;
  /** Whether the two columns hold the whole value. */
  readonly isWhole: boolean;
}

const noNamespace: Namespace = { db: null, coll: null, isWhole: true };
/** The lines of a file share their namespace. */
let last: { readonly bytes: Uint8Array; readonly namespace: Namespace } = {
  bytes: new Uint8Array(),
  namespace: noNamespace,
};

export function namespaceOf(line: Uint8Array, member: Span | undefined): Namespace {
  if (member === undefined || isNull(line, member)) return noNamespace;
  if (hasBytes(line, member.start, member.end, last.bytes)) return last.namespace;
  const namespace = readNamespace(line, member.start);
  last = { bytes: Uint8Array.from(line.subarray(member.start, member.end)), namespace };
  return namespace;
}

/** A namespace of MongoDB has two members. */
const maxNames = 100;

function readNamespace(line: Uint8Array, start: number): Namespace {
  const names = line[start] === openBrace ? membersOf(line, start, maxNames) : undefined;
  if (names === undefined) return { db: null, coll: null, isWhole: false };
  const db = wholeTextOf(line, names.get('db'));
  const coll = wholeTextOf(line, names.get('coll'));
  const hasOthers = [...names.keys()].some((name) => name !== 'db' && name !== 'coll');
  return { db: db ?? null, coll: coll ?? null, isWhole: db !== undefined && coll !== undefined && !hasOthers };
}

/** In milliseconds. Null for a JSON null or a missing member. Undefined where the column cannot hold the value. */
export function clusterTimeOf(line: Uint8Array, member: Span | undefined): number | null | undefined {
  return member === undefined || isNull(line, member) ? null : isoTimeAt(line, member.start, member.end);
}

const datePrefix = Buffer.from('{"$date":');

/** A date in each of the three formats: ISO text alone, or Extended JSON in one of its two forms. */
export function wallTimeOf(line: Uint8Array, member: Span | undefined): number | null | undefined {
  if (member === undefined || isNull(line, member)) return null;
  const { start, end } = member;
  if (line[start] !== openBrace) return isoTimeAt(line, start, end);
  const valueStart = start + datePrefix.length;
  const relaxed = hasBytes(line, start, valueStart, datePrefix) ? isoTimeAt(line, valueStart, end - 1) : undefined;
  if (relaxed !== undefined) return relaxed;
  if (dollarKeyAt(line, start) !== '$date') return undefined;
  const typed = readTypedValue(line, start, '$date');
  return typed?.value.type === 'date' ? inRange(typed.value.ms) : undefined;
}

function inRange(ms: bigint): number | undefined {
  return ms < 0n || ms >= yearTenThousandMs ? undefined : Number(ms);
}
