// Finds the members of one line of the lake by the bytes of their keys. Strings for the keys of each line would be most
// of the work.

import { openBrace, skipSpace } from '../json/json-bytes.ts';
import { walkOver } from '../json/json-fault.ts';
import type { Span } from '../json/json-text.ts';
import { fault } from '../json/json-tokens.ts';
import { walkMembers } from '../json/walk-members.ts';

export interface LineMember extends Span {
  readonly keyStart: number;
}

export interface LineMembers {
  /** By `columnAt`. */
  readonly columns: readonly (LineMember | undefined)[];
  /** The members without a column, in the order of the line. */
  readonly others: LineMember[];
}

/** The members that have a column of their own. */
export const columnAt = {
  operationType: 0,
  data: 1,
  documentKey: 2,
  ns: 3,
  clusterTime: 4,
  sequence: 5,
  wallTime: 6,
  updateDescription: 7,
} as const;

/** The envelope and the wrappers of a format add some levels to those of an event. */
const maxLevels = 320;

/** Reused for each line. One level is the line's own object. */
const closers = new Uint8Array(maxLevels - 1);

/** Checks the line and finds its members in one pass. Undefined if it is not one JSON object. Expects UTF-8. */
export function membersOfLine(line: Uint8Array): LineMembers | undefined {
  if (line[0] !== openBrace) return undefined;
  const columns: (LineMember | undefined)[] = [...noColumns];
  const others: LineMember[] = [];
  const end = walkMembers(walkOver(line, closers), 0, (keyStart, start, valueEnd) => {
    const member = { keyStart, start, end: valueEnd };
    const column = columnOf(line, keyStart, start);
    if (column === undefined) others.push(member);
    else columns[column] = member;
  });
  return end !== fault && skipSpace(line, end) === line.length ? { columns, others } : undefined;
}

const noColumns = Object.keys(columnAt).map(() => undefined);

interface Spelled {
  readonly column: number;
  readonly key: Uint8Array;
}

/** By the first letter. At most two keys have the same one. */
const spelled: readonly (readonly Spelled[])[] = spelledKeys();

function spelledKeys(): Spelled[][] {
  const byLetter: Spelled[][] = Array.from({ length: 256 }, () => []);
  for (const [name, column] of Object.entries(columnAt))
    byLetter[name.charCodeAt(0)]?.push({ column, key: Buffer.from(JSON.stringify(name)) });
  return byLetter;
}

/** `end` is where the value begins. There can be space before it. */
function columnOf(line: Uint8Array, start: number, end: number): number | undefined {
  for (const { column, key } of spelled[line[start + 1] ?? 0] ?? [])
    if (end - start > key.length && startsWith(line, start, key)) return column;
  return undefined;
}

function startsWith(line: Uint8Array, start: number, bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (line[start + at] !== bytes[at]) return false;
  return true;
}

export function hasBytes(line: Uint8Array, start: number, end: number, bytes: Uint8Array): boolean {
  return end - start === bytes.length && startsWith(line, start, bytes);
}
