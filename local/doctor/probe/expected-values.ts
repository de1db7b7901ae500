// Makes the values that the file of the probe's document must have, and compares them. The receiver's own code makes
// them, with the format and the redactions of the settings.
import { isDeepStrictEqual } from 'node:util';
import type { Settings } from '../../../shared/app/settings.ts';
import { pickDocument } from '../../../shared/events/document.ts';
import { envelopeLine } from '../../../shared/events/envelope.ts';
import { formats } from '../../../shared/format/formats.ts';
import { openBrace } from '../../../shared/json/json-bytes.ts';
import { bufferOf, memberOf, membersOf } from '../../../shared/json/json-text.ts';
import { readRedactedEvent } from '../../../shared/redact/redact.ts';
import type { Watched } from './atlas-document.ts';
import { type EdgeDocument, oddKeys } from './edge-document.ts';

export type Values = ReadonlyMap<string, string>;

/** Undefined if the redactions hide the key that identifies the file. */
export function expectedValues(
  { id, text }: EdgeDocument,
  { database, collection }: Watched,
  { redactions, documentFormat }: Settings,
): Values | undefined {
  const event = Buffer.from(
    `{"_id":{"_data":"82"},"operationType":"insert","clusterTime":{"$timestamp":{"t":1,"i":1}},"ns":${JSON.stringify({ db: database, coll: collection })},"documentKey":{"_id":{"$oid":"${id}"}},"fullDocument":${text}}`,
  );
  const read = readRedactedEvent(event, { start: 0, end: event.length }, redactions);
  if (read.kind === 'refused' || read.event.documentId !== id) return undefined;
  return valuesIn(envelopeLine(read.event, pickDocument(read.event), formats[documentFormat]));
}

/** Returns the text of each value of `data`. Undefined if `data` is not an object. */
export function valuesIn(line: Uint8Array): Values | undefined {
  const data = memberOf(line, 0, 'data');
  if (data === undefined || line[data.start] !== openBrace) return undefined;
  const members = membersOf(line, data.start, 1000);
  if (members === undefined) return undefined;
  const text = bufferOf(line);
  return new Map([...members.values()].map(({ key, start, end }) => [key, text.toString('utf8', start, end)]));
}

export interface Comparison {
  /** Names of values that are missing or differ. The names are the probe's own, not a customer's. */
  readonly wrong: readonly string[];
  /** Numbers with the same value and another type. JavaScript has only one type, so the Atlas runtime can change it. */
  readonly retyped: readonly string[];
}

export function compare(expected: Values, found: Values, hasOddKeys: boolean): Comparison {
  const odd: readonly string[] = hasOddKeys ? [] : oddKeys;
  const wanted = [...expected].filter(([key]) => !odd.includes(key));
  const namesOf = (likeness: Likeness): string[] =>
    wanted.filter(([key, text]) => likenessOf(text, found.get(key)) === likeness).map(([key]) => key);
  const more = [...found.keys()].filter((key) => !expected.has(key)).length;
  return { wrong: [...namesOf('another'), ...(more > 0 ? [`${more} more`] : [])], retyped: namesOf('retyped') };
}

type Likeness = 'same' | 'retyped' | 'another';

/** Serialisers spell a double or an escape in different ways. Of an integer beyond doubles each digit counts. */
function likenessOf(expected: string, found: string | undefined): Likeness {
  if (expected === found) return 'same';
  if (found === undefined || /\d{16}/.test(expected)) return 'another';
  if (isDeepStrictEqual(JSON.parse(expected, doubles), JSON.parse(found, doubles))) return 'same';
  return isDeepStrictEqual(JSON.parse(expected, numbers), JSON.parse(found, numbers)) ? 'retyped' : 'another';
}

function doubles(key: string, value: unknown): unknown {
  return key === '$numberDouble' ? Number(value) : value;
}

function numbers(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [[type, digits] = ['', ''], ...others] = Object.entries(value);
  return others.length === 0 && /^\$number(Int|Long|Double)$/.test(type) ? Number(digits) : value;
}
