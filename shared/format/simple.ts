// Flat values for SQL: no key with a dollar for a type. The reader must know the types.
import { isoOfMs, isoOfNumber } from '../extended-json/dates.ts';
import { bareSpelling, isJsonNumber } from '../extended-json/numbers.ts';
import { type TypedValue, typeKeys } from '../extended-json/typed-value.ts';
import { uuidOf } from '../extended-json/uuid.ts';
import type { Format } from './format.ts';

export const simple: Format = {
  rewrites: typeKeys,
  typed,
  strings: new Set(['$code', '$symbol']),
  number: bareSpelling,
  wrapsNumbers: false,
  plain: { number: 'bare', text: 'quoted', binary: 'read', date: (out, ms) => out.text(`"${isoOfNumber(ms)}"`) },
  // Nobody reads types in this format.
  guarded: new Set(),
  plainScope: true,
};

function typed(value: TypedValue): string {
  switch (value.type) {
    case 'objectId':
      return `"${value.hex}"`;
    case 'int32':
    case 'int64':
      return value.digits;
    case 'double':
      return isJsonNumber(value.text) ? value.text : `"${value.text}"`;
    case 'decimal128':
    case 'symbol':
      return JSON.stringify(value.text);
    case 'date':
      return `"${isoOfMs(value.ms)}"`;
    case 'binary':
      return `"${uuidOf(value) ?? value.base64}"`;
    case 'timestamp':
      return `{"t":${value.seconds},"i":${value.increment}}`;
    case 'regularExpression':
      return JSON.stringify(`/${value.pattern}/${value.options}`);
    case 'code':
      return JSON.stringify(value.code);
    case 'dbPointer':
      return `{"ref":${JSON.stringify(value.collection)},"id":"${value.id}"}`;
    case 'undefined':
      return 'null';
    case 'minKey':
      return '"MinKey"';
    case 'maxKey':
      return '"MaxKey"';
  }
}
