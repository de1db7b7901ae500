// Reads the few fields of an event that placing needs, or says why the event is refused.
import { openBrace, quote } from '../json/json-bytes.ts';
import { type Member, memberIn, parseAt, stringAt } from '../json/json-text.ts';
import { isPlaceable, type Placing } from './change-event-validator.ts';
import {
  maxDatabaseBytes,
  maxNamespaceBytes,
  maxOperationTypeBytes,
  maxTokenBytes,
  type Refusal,
  type RefusedField,
} from './refusal.ts';

export type ReadPlacing =
  | { readonly kind: 'placing'; readonly placing: Placing }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export function readPlacing(text: Uint8Array, fields: ReadonlyMap<string, Member>): ReadPlacing {
  const placing = fieldsOf(text, fields);
  if (isPlaceable(placing)) return { kind: 'placing', placing };
  return { kind: 'refused', refusal: refusalOf(placing, isPlaceable.errors?.[0]?.instancePath ?? '') };
}

/** Gives null for a value of another type than the validator wants. */
function fieldsOf(text: Uint8Array, fields: ReadonlyMap<string, Member>): Readonly<Record<string, unknown>> {
  const token = fields.get('_id');
  const namespace = fields.get('ns');
  return {
    _id: token && { _data: stringOf(text, memberIn(text, token, '_data'), maxTokenBytes) },
    operationType: stringOf(text, fields.get('operationType'), maxOperationTypeBytes),
    clusterTime: smallValue(text, fields.get('clusterTime')),
    // Read only if it replaces a missing clusterTime.
    wallTime: fields.has('clusterTime') ? undefined : smallValue(text, fields.get('wallTime')),
    ns: namespace && namespaceOf(text, namespace),
  };
}

function namespaceOf(text: Uint8Array, namespace: Member): unknown {
  if (text[namespace.start] !== openBrace) return smallValue(text, namespace) ?? undefined;
  const db = stringOf(text, memberIn(text, namespace, 'db'), maxDatabaseBytes);
  const dbBytes = typeof db === 'string' ? Buffer.byteLength(db) + 1 : 0;
  return { db, coll: stringOf(text, memberIn(text, namespace, 'coll'), maxNamespaceBytes - dbBytes) };
}

/** Replaces a string that is too long. The validator refuses it, because it is not a string. */
const tooLong = Symbol('too long');

function stringOf(
  text: Uint8Array,
  member: Member | undefined,
  maxBytes: number,
): string | null | undefined | typeof tooLong {
  if (member === undefined) return undefined;
  if (text[member.start] !== quote) return null;
  // An escape has at most six bytes for one. A longer text is too long in any case, and no string is made of it.
  if (member.end - member.start - 2 > maxBytes * 6) return tooLong;
  const string = stringAt(text, member.start, member.end);
  return Buffer.byteLength(string) > maxBytes ? tooLong : string;
}

const maxTimeBytes = 4096;

/** A time is short, even if it is indented. A longer value is no time and is not parsed. */
function smallValue(text: Uint8Array, member: Member | undefined): unknown {
  if (member === undefined) return undefined;
  return member.end - member.start > maxTimeBytes ? false : parseAt(text, member);
}

/** Names the field at which the validator stopped, or the missing field. */
function refusalOf(placing: Readonly<Record<string, unknown>>, instancePath: string): Refusal {
  if (instancePath === '') return { code: 'missing', field: missingField(placing) };
  const [, name = '', inner] = instancePath.split('/');
  const field = placingFields.find((one) => one === name) ?? '_id';
  const { [inner ?? '']: part }: Readonly<Record<string, unknown>> = Object(placing[field]);
  if ((part ?? placing[field]) !== tooLong) return { code: 'malformed', field };
  if (field !== 'ns') return { code: 'too-long', field };
  return { code: 'too-long', field: inner === 'db' ? 'ns.db' : 'ns.coll' };
}

const placingFields = ['_id', 'operationType', 'clusterTime', 'wallTime', 'ns'] as const;

function missingField({ _id, operationType }: Readonly<Record<string, unknown>>): RefusedField {
  if (_id === undefined) return '_id';
  return operationType === undefined ? 'operationType' : 'clusterTime';
}
