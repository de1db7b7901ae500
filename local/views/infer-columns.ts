// Makes a typed column for each field of the documents, in the order of first appearance.

import { membersOf } from '../../shared/json/json-text.ts';
import type { Column, ColumnType } from './column-type.ts';
import { fieldValueAt } from './field-value.ts';
import { type SeenTypes, seenTypes } from './widen.ts';

export interface SampledDocument {
  /** JSON of an object. */
  readonly text: Uint8Array;
  /** Written in the format `simple`, with dates as text. */
  readonly isSimple: boolean;
}

/** T-SQL has the lowest limit of all engines: 1,024 columns. */
const maxColumns = 1000;
/** A document of 16 MB cannot have more. */
const maxMembers = 4_000_000;

interface Field {
  readonly path: readonly string[];
  readonly seen: SeenTypes;
  /** By key. Empty if the field was never an object, or is at the deepest level. */
  readonly fields: Map<string, Field>;
}

/** `levels` 1: the fields of the document itself; 2: those of the objects in it too, and so on. */
export function inferColumns(documents: readonly SampledDocument[], levels: number): Column[] {
  const root = newField([]);
  for (const { text, isSimple } of documents) addFields(root, text, 0, isSimple, levels);
  return columnsOf(root).slice(0, maxColumns);
}

function newField(path: readonly string[]): Field {
  return { path, seen: seenTypes(), fields: new Map() };
}

function addFields(parent: Field, text: Uint8Array, objectStart: number, isSimple: boolean, levels: number): void {
  // The last of a repeated key counts, as everywhere in JSON.
  for (const member of membersOf(text, objectStart, maxMembers)?.values() ?? []) {
    // Half a surrogate pair has no UTF-8: no engine could name the column.
    if (!member.key.isWellFormed() || member.key.includes('\0')) continue;
    const field = parent.fields.get(member.key) ?? newField([...parent.path, member.key]);
    parent.fields.set(member.key, field);
    const value = fieldValueAt(text, member);
    field.seen.add(value, isSimple);
    if (value.kind === 'object' && levels > 1) addFields(field, text, member.start, isSimple, levels - 1);
  }
}

/** A field that was an object in every document becomes the columns of its fields. */
function columnsOf(parent: Field): Column[] {
  return [...parent.fields.values()].flatMap((field) => {
    const kinds = field.seen.kinds();
    const isOnlyObject = kinds.size === 1 && kinds.has('object') && field.fields.size > 0;
    return isOnlyObject ? columnsOf(field) : [column(field.path, field.seen.type())];
  });
}

function column(path: readonly string[], type: ColumnType): Column {
  return { path, name: path.join('_'), type };
}
