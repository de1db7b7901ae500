// Turns lines of the lake into rows of a table. Values are slices of the line: no number is parsed and rounded.

import { isUtf8 } from 'node:buffer';
import type { Span } from '../json/json-text.ts';
import { columnAt, type LineMember, membersOfLine } from './line-members.ts';
import { linesOf } from './lines.ts';
import { clusterTimeOf, isNull, namespaceOf, operationTypeOf, textOf, wallTimeOf } from './row-values.ts';

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

/** The rows of a file. Undefined if one of its lines is not a line of the lake. A person must look at such a file. */
export function rowsOf(content: Uint8Array): Row[] | undefined {
  if (!isUtf8(content)) return undefined;
  const rows: Row[] = [];
  for (const line of linesOf(content)) {
    const row = rowOfText(line);
    if (row === undefined) return undefined;
    rows.push(row);
  }
  return rows;
}

/** Undefined if the line is not a JSON object with a `sequence`. */
export function readRow(line: Uint8Array): Row | undefined {
  return isUtf8(line) ? rowOfText(line) : undefined;
}

function rowOfText(line: Uint8Array): Row | undefined {
  const members = membersOfLine(line);
  if (members === undefined) return undefined;
  const { columns, others } = members;
  const sequence = textOf(line, columns[columnAt.sequence]);
  if (sequence === undefined || sequence === '') return undefined;

  const operationType = operationTypeOf(line, columns[columnAt.operationType]);
  const namespace = namespaceOf(line, columns[columnAt.ns]);
  const clusterTime = clusterTimeOf(line, columns[columnAt.clusterTime]);
  const wallTime = wallTimeOf(line, columns[columnAt.wallTime]);
  // In a few lines, a column cannot hold the whole value. Then the value stays with the other members.
  if (!sequence.isWellFormed()) leave(others, columns[columnAt.sequence]);
  if (operationType === undefined) leave(others, columns[columnAt.operationType]);
  if (!namespace.isWhole) leave(others, columns[columnAt.ns]);
  if (clusterTime === undefined) leave(others, columns[columnAt.clusterTime]);
  if (wallTime === undefined) leave(others, columns[columnAt.wallTime]);
  return {
    line,
    sequence: sequence.toWellFormed(),
    operationType: operationType ?? null,
    db: namespace.db,
    coll: namespace.coll,
    documentKey: sliceOf(line, columns[columnAt.documentKey]),
    data: sliceOf(line, columns[columnAt.data]),
    updateDescription: sliceOf(line, columns[columnAt.updateDescription]),
    rest: restOf(line, others),
    clusterTime: clusterTime ?? null,
    wallTime: wallTime ?? null,
  };
}

/** At its place among the other members. */
function leave(others: LineMember[], member: LineMember | undefined): void {
  if (member === undefined) return;
  others.push(member);
  others.sort((one, other) => one.start - other.start);
}

function sliceOf(line: Uint8Array, member: Span | undefined): Uint8Array | null {
  return member === undefined || isNull(line, member) ? null : line.subarray(member.start, member.end);
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
