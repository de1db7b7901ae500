// One line of the lake → one row of a table. Values are slices of the line: nothing is parsed that could be rounded.

import { isUtf8 } from 'node:buffer';
import { yearTenThousandMs } from '../extended-json/dates.ts';
import { dollarKeyAt, readTypedValue } from '../extended-json/read-typed-value.ts';
import { closeBrace, comma, openBrace, quote, skipSpace } from '../json/json-bytes.ts';
import { walkOn, walkOver } from '../json/json-fault.ts';
import { membersOf, type Span, stringAt } from '../json/json-text.ts';
import { afterKey } from '../json/json-tokens.ts';
import { isoTimeAt } from './iso-time.ts';

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

/** The envelope and a format's wrappers add some levels to those of an event. */
const maxLevels = 320;

/** Undefined where the line is not a line of the lake: no JSON object with a `sequence`. */
export function readRow(line: Uint8Array): Row | undefined {
  const members = membersOfLine(line);
  if (members === undefined) return undefined;
  const { columns, others } = members;
  const sequence = textOf(line, columns.sequence);
  if (sequence === undefined || sequence === '') return undefined;

  const operationType = operationTypeOf(line, columns.operationType);
  const namespace = namespaceOf(line, columns.ns);
  const clusterTime = clusterTimeOf(line, columns.clusterTime);
  const wallTime = wallTimeOf(line, columns.wallTime);
  // Few lines have any of these: a column that cannot hold its value whole.
  if (!sequence.isWellFormed()) leave(others, columns.sequence);
  if (operationType === undefined) leave(others, columns.operationType);
  if (!namespace.isWhole) leave(others, columns.ns);
  if (clusterTime === undefined) leave(others, columns.clusterTime);
  if (wallTime === undefined) leave(others, columns.wallTime);
  return {
    line,
    sequence: sequence.toWellFormed(),
    operationType: operationType ?? null,
    db: namespace.db,
    coll: namespace.coll,
    documentKey: sliceOf(line, columns.documentKey),
    data: sliceOf(line, columns.data),
    updateDescription: sliceOf(line, columns.updateDescription),
    rest: restOf(line, others),
    clusterTime: clusterTime ?? null,
    wallTime: wallTime ?? null,
  };
}

interface LineMember extends Span {
  readonly keyStart: number;
}

interface LineMembers {
  readonly columns: Columns;
  /** What has no column, in the order of the line. */
  readonly others: LineMember[];
}

type Column =
  | 'operationType'
  | 'data'
  | 'documentKey'
  | 'ns'
  | 'clusterTime'
  | 'sequence'
  | 'wallTime'
  | 'updateDescription';
type Columns = { [name in Column]?: LineMember };

const columnNames: readonly Column[] = [
  'operationType',
  'data',
  'documentKey',
  'ns',
  'clusterTime',
  'sequence',
  'wallTime',
  'updateDescription',
];
const spelled = columnNames.map((name) => ({ name, key: Buffer.from(JSON.stringify(name)) }));

/** Reused for each line. One level is the line's own object. */
const closers = new Uint8Array(maxLevels - 1);

/**
 * Undefined where the line is not one JSON object. Checks the line and finds its members in one pass, by the bytes of their keys: a
 * string for each key of each line would be most of the work.
 */
function membersOfLine(line: Uint8Array): LineMembers | undefined {
  if (line[0] !== openBrace || !isUtf8(line)) return undefined;
  const columns: Columns = {};
  const others: LineMember[] = [];
  const walk = walkOver(line, closers);
  for (let at = skipSpace(line, 1); ; at = skipSpace(line, at + 1)) {
    const keyStart = at;
    const start = afterKey(line, keyStart);
    if (start === -1) return undefined;
    walk.at = start;
    if (walkOn(walk, Number.POSITIVE_INFINITY) !== 'ended') return undefined;
    const member = { keyStart, start, end: walk.at };
    const column = columnAt(line, keyStart, start);
    if (column === undefined) others.push(member);
    else columns[column] = member;
    at = skipSpace(line, member.end);
    if (line[at] === closeBrace) return skipSpace(line, at + 1) === line.length ? { columns, others } : undefined;
    if (line[at] !== comma) return undefined;
  }
}

/** `end` is where the value begins: space may stand between. */
function columnAt(line: Uint8Array, start: number, end: number): Column | undefined {
  for (const { name, key } of spelled) if (end - start > key.length && startsWith(line, start, key)) return name;
  return undefined;
}

function startsWith(line: Uint8Array, start: number, bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (line[start + at] !== bytes[at]) return false;
  return true;
}

function hasBytes(line: Uint8Array, start: number, end: number, bytes: Uint8Array): boolean {
  return end - start === bytes.length && startsWith(line, start, bytes);
}

/** In its place among the others. */
function leave(others: LineMember[], member: LineMember | undefined): void {
  if (member === undefined) return;
  others.push(member);
  others.sort((one, other) => one.start - other.start);
}

function sliceOf(line: Uint8Array, member: Span | undefined): Uint8Array | null {
  return member === undefined || isNull(line, member) ? null : line.subarray(member.start, member.end);
}

function isNull(line: Uint8Array, { start }: Span): boolean {
  return line[start] === 0x6e;
}

function textOf(line: Uint8Array, member: Span | undefined): string | undefined {
  return member === undefined || line[member.start] !== quote ? undefined : stringAt(line, member.start, member.end);
}

/** There are few. */
let lastType: { readonly bytes: Uint8Array; readonly text: string | null | undefined } = {
  bytes: new Uint8Array(),
  text: undefined,
};

function operationTypeOf(line: Uint8Array, member: Span | undefined): string | null | undefined {
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

interface Namespace {
  readonly db: string | null;
  readonly coll: string | null;
  /** Whether the two columns hold all that the line says. */
  readonly isWhole: boolean;
}

const noNamespace: Namespace = { db: null, coll: null, isWhole: true };
/** The lines of a file share their namespace. */
let last: { readonly bytes: Uint8Array; readonly namespace: Namespace } = {
  bytes: new Uint8Array(),
  namespace: noNamespace,
};

function namespaceOf(line: Uint8Array, member: Span | undefined): Namespace {
  if (member === undefined || isNull(line, member)) return noNamespace;
  if (hasBytes(line, member.start, member.end, last.bytes)) return last.namespace;
  const namespace = readNamespace(line, member.start);
  last = { bytes: Uint8Array.from(line.subarray(member.start, member.end)), namespace };
  return namespace;
}

/** MongoDB's own has two members. */
const maxNames = 100;

function readNamespace(line: Uint8Array, start: number): Namespace {
  const names = line[start] === openBrace ? membersOf(line, start, maxNames) : undefined;
  if (names === undefined) return { db: null, coll: null, isWhole: false };
  const db = wholeTextOf(line, names.get('db'));
  const coll = wholeTextOf(line, names.get('coll'));
  const hasOthers = [...names.keys()].some((name) => name !== 'db' && name !== 'coll');
  return { db: db ?? null, coll: coll ?? null, isWhole: db !== undefined && coll !== undefined && !hasOthers };
}

function clusterTimeOf(line: Uint8Array, member: Span | undefined): number | null | undefined {
  return member === undefined || isNull(line, member) ? null : isoTimeAt(line, member.start, member.end);
}

const datePrefix = Buffer.from('{"$date":');

/** A date in each of the three formats: ISO text alone, or Extended JSON in either form. */
function wallTimeOf(line: Uint8Array, member: Span | undefined): number | null | undefined {
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

/** An object of the line's other members, in their order and in their bytes. */
function restOf(line: Uint8Array, others: readonly LineMember[]): Uint8Array | null {
  const [first] = others;
  if (first === undefined) return null;
  const pieces: Uint8Array[] = [opening];
  for (const member of others) {
    if (member !== first) pieces.push(separator);
    pieces.push(line.subarray(member.keyStart, member.end));
  }
  return Buffer.concat([...pieces, closing]);
}

const opening = Buffer.from('{');
const separator = Buffer.from(',');
const closing = Buffer.from('}');
