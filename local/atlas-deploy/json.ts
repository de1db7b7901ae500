// Reads members of JSON from files and from the network, and checks their types.
import { isRecord } from '../../shared/json/record.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** JSON does not have the form that it must have. */
export class FormError extends Error {
  override readonly name = 'FormError';
}

export function readObject(value: unknown, where: string): JsonObject {
  if (isRecord(value)) return value;
  throw new FormError(`${where} must be a JSON object: it is ${formOf(value)}`);
}

export function readList(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FormError(`${where} must be a JSON array: it is ${formOf(value)}`);
}

export function textAt(object: JsonObject, key: string, where: string): string {
  const text = object[key];
  if (typeof text === 'string' && text !== '') return text;
  throw new FormError(`${where}: "${key}" must be a non-empty string: it is ${formOf(text)}`);
}

export function optionalTextAt(object: JsonObject, key: string): string | undefined {
  const text = object[key];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

export function booleanAt(object: JsonObject, key: string, where: string): boolean {
  const value = object[key] ?? false;
  if (typeof value === 'boolean') return value;
  throw new FormError(`${where}: "${key}" must be true or false: it is ${formOf(value)}`);
}

export function objectAt(object: JsonObject, key: string, where: string): JsonObject {
  return readObject(object[key], `${where}: "${key}"`);
}

/** Names the type, never the content: a misplaced value can be a secret. */
function formOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value === '') return 'empty';
  return Array.isArray(value) ? 'an array' : `of the type ${typeof value}`;
}
