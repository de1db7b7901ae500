// Extended JSON v2, canonical: every value has its type. A bare number gets the smallest type that holds it exactly.

import { bareSpelling, isIntegerOf, withFraction } from '../extended-json/numbers.ts';
import { type TypedValue, typeKeys } from '../extended-json/typed-value.ts';
import type { Format } from './format.ts';

export const canonical: Format = {
  // Also to give each value one spelling. Code and symbols are one text each.
  rewrites: new Set([...typeKeys].filter((key) => key !== '$code' && key !== '$symbol')),
  typed,
  strings: new Set(),
  number,
  wrapsNumbers: true,
  plain: { number: 'copied', text: 'copied', binary: 'copied', date: 'copied' },
  guarded: new Set(['$date']),
  plainScope: false,
};

function typed(value: TypedValue): string {
  switch (value.type) {
    case 'objectId':
      return `{"$oid":"${value.hex}"}`;
    case 'int32':
      return `{"$numberInt":"${value.digits}"}`;
    case 'int64':
      return `{"$numberLong":"${value.digits}"}`;
    case 'double':
      return `{"$numberDouble":"${value.text}"}`;
    case 'decimal128':
      return `{"$numberDecimal":${JSON.stringify(value.text)}}`;
    case 'date':
      return `{"$date":{"$numberLong":"${value.ms}"}}`;
    case 'binary':
      return `{"$binary":{"base64":"${value.base64}","subType":"${value.subType}"}}`;
    case 'timestamp':
      return `{"$timestamp":{"t":${value.seconds},"i":${value.increment}}}`;
    case 'regularExpression':
      return `{"$regularExpression":{"pattern":${JSON.stringify(value.pattern)},"options":${JSON.stringify(value.options)}}}`;
    case 'code':
      return `{"$code":${JSON.stringify(value.code)}}`;
    case 'symbol':
      return `{"$symbol":${JSON.stringify(value.text)}}`;
    case 'dbPointer':
      return `{"$dbPointer":{"$ref":${JSON.stringify(value.collection)},"$id":{"$oid":"${value.id}"}}}`;
    case 'undefined':
      return '{"$undefined":true}';
    case 'minKey':
      return '{"$minKey":1}';
    case 'maxKey':
      return '{"$maxKey":1}';
  }
}

function number(source: string): string {
  if (isIntegerOf(source, 32)) return `{"$numberInt":"${source}"}`;
  if (isIntegerOf(source, 64)) return `{"$numberLong":"${source}"}`;
  return `{"$numberDouble":"${withFraction(bareSpelling(source))}"}`;
}
