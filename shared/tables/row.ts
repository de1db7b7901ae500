// One line of the lake → one row of a table. Values are slices of the line: nothing is parsed that could be rounded.

import { isoOfMs, msOfIso } from '../extended-json/dates.ts';
import { dollarKeyAt, readTypedValue } from '../extended-json/read-typed-value.ts';
import { findJsonFault } from '../json/json-fault.ts';
import { type Member, membersOf, openBrace, quote, stringAt } from '../json/json-text.ts';

export interface Row {
  /** The line as the lake has it, without its newline. */
  readonly line: Uint8Array;
  readonly sequence: string;
  readonly operationType: string | null;
  readonly db: string | null;
  readonly coll: string | null;
  readonly documentKey: Uint8Array | null;
  readonly data: Uint8Array | null;
  readonly updateDescription: Uint8Array | null;
  readonly rest: Uint8Array | null;
  /** Milliseconds since 1970. */
  readonly clusterTime: number | null;
  readonly wallTime: number | null;
}

/** An event has at most 1,000 fields; the envelope adds a few. */
const maxMembers = 1100;
/** The envelope and a format's wrappers add some levels to those of an event. */
const maxLevels = 320;
/** From here on every engine reads a timestamp as it was written. */
const latestMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Undefined where the line is not a line of the lake: no JSON object with a `sequence`. */
export function readRow(line: Uint8Array): Row | undefined {
  if (line[0] !== openBrace || findJsonFault(line, maxLevels) !== undefined) return undefined;
  const members = membersOf(line, 0, maxMembers);
  const sequence = members && textOf(line, members.get('sequence'));
  if (members === undefined || sequence === undefined || sequence === '') return undefined;

  const namespace = namespaceOf(line, members.get('ns'));
  const times = { clusterTime: clusterTimeOf(line, members), wallTime: wallTimeOf(line, members) };
  const operationType = wholeTextOf(line, members.get('operationType'));
  const held = new Set(['documentKey', 'data', 'updateDescription']);
  if (sequence.isWellFormed()) held.add('sequence');
  if (operationType !== undefined) held.add('operationType');
  if (namespace.isWhole) held.add('ns');
  if (times.clusterTime !== undefined) held.add('clusterTime');
  if (times.wallTime !== undefined) held.add('wallTime');
  return {
    line,
    sequence: sequence.toWellFormed(),
    operationType: operationType ?? null,
    db: namespace.db,
    coll: namespace.coll,
    documentKey: sliceOf(line, members.get('documentKey')),
    data: sliceOf(line, members.get('data')),
    updateDescription: sliceOf(line, members.get('updateDescription')),
    rest: restOf(line, members, held),
    clusterTime: times.clusterTime ?? null,
    wallTime: times.wallTime ?? null,
  };
}

function sliceOf(line: Uint8Array, member: Member | undefined): Uint8Array | null {
  return member === undefined || isNull(line, member) ? null : line.subarray(member.start, member.end);
}

function isNull(line: Uint8Array, { start }: Member): boolean {
  return line[start] === 0x6e;
}

function textOf(line: Uint8Array, member: Member | undefined): string | undefined {
  return member === undefined || line[member.start] !== quote ? undefined : stringAt(line, member.start, member.end);
}

/** Null for a JSON null or a missing member. Undefined where a column of UTF-8 text cannot hold the value. */
function wholeTextOf(line: Uint8Array, member: Member | undefined): string | null | undefined {
  if (member === undefined || isNull(line, member)) return null;
  const text = textOf(line, member);
  return text?.isWellFormed() ? text : undefined;
}

interface Namespace {
  readonly db: string | null;
  readonly coll: string | null;
  /** Whether the two columns hold all that the line says. */
  readonly isWhole: boolean;
}

function namespaceOf(line: Uint8Array, member: Member | undefined): Namespace {
  if (member === undefined || isNull(line, member)) return { db: null, coll: null, isWhole: true };
  const names = line[member.start] === openBrace ? membersOf(line, member.start, maxMembers) : undefined;
  if (names === undefined) return { db: null, coll: null, isWhole: false };
  const db = wholeTextOf(line, names.get('db'));
  const coll = wholeTextOf(line, names.get('coll'));
  const hasOthers = [...names.keys()].some((name) => name !== 'db' && name !== 'coll');
  return { db: db ?? null, coll: coll ?? null, isWhole: db !== undefined && coll !== undefined && !hasOthers };
}

function clusterTimeOf(line: Uint8Array, members: ReadonlyMap<string, Member>): number | null | undefined {
  const member = members.get('clusterTime');
  return member === undefined || isNull(line, member) ? null : msOfText(textOf(line, member));
}

/** A date in each of the three formats: ISO text alone, or Extended JSON in either form. */
function wallTimeOf(line: Uint8Array, members: ReadonlyMap<string, Member>): number | null | undefined {
  const member = members.get('wallTime');
  if (member === undefined || isNull(line, member)) return null;
  if (line[member.start] !== openBrace) return msOfText(textOf(line, member));
  if (dollarKeyAt(line, member.start) !== '$date') return undefined;
  const typed = readTypedValue(line, member.start, '$date');
  return typed?.value.type === 'date' ? inRange(typed.value.ms) : undefined;
}

/** Only a text that reads back as it was written: the column must hold the value whole. */
function msOfText(text: string | undefined): number | undefined {
  const ms = text === undefined ? undefined : msOfIso(text);
  return ms === undefined || isoOfMs(ms) !== text ? undefined : inRange(ms);
}

function inRange(ms: bigint): number | undefined {
  return ms < 0n || ms > latestMs ? undefined : Number(ms);
}

/** An object of the line's other members, in their order and in their bytes. */
function restOf(line: Uint8Array, members: ReadonlyMap<string, Member>, held: ReadonlySet<string>): Uint8Array | null {
  const pieces: Uint8Array[] = [];
  for (const { key, keyStart, keyEnd, start, end } of members.values()) {
    if (held.has(key)) continue;
    pieces.push(pieces.length === 0 ? opening : separator, line.subarray(keyStart, keyEnd), colon);
    pieces.push(line.subarray(start, end));
  }
  return pieces.length === 0 ? null : Buffer.concat([...pieces, closing]);
}

const opening = Buffer.from('{');
const separator = Buffer.from(',');
const colon = Buffer.from(':');
const closing = Buffer.from('}');
