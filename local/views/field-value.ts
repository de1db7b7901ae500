// The type of a value in a document. It is read from the bytes, so that no number is rounded.
import { isIntegerOf } from '../../shared/extended-json/numbers.ts';
import { dollarKeyAt, readTypedValue } from '../../shared/extended-json/read-typed-value.ts';
import { isTypeKey, type TypedValue } from '../../shared/extended-json/typed-value.ts';
import { openBrace, openBracket, quote } from '../../shared/json/json-bytes.ts';
import { bufferOf, type Span, stringAt } from '../../shared/json/json-text.ts';

export type FieldValue =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'int64'; readonly digits: string }
  | { readonly kind: 'double'; readonly text: string }
  | { readonly kind: 'decimal'; readonly text: string }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'binary' }
  /** An array, or a BSON type that no column type is made for. */
  | { readonly kind: 'json' }
  | { readonly kind: 'object' };

const letterT = 0x74;
const letterF = 0x66;
const letterN = 0x6e;

export function fieldValueAt(text: Uint8Array, span: Span): FieldValue {
  switch (text[span.start]) {
    case quote:
      return { kind: 'string', text: stringAt(text, span.start, span.end) };
    case openBrace:
      return objectValue(text, span.start);
    case openBracket:
      return { kind: 'json' };
    case letterT:
    case letterF:
      return { kind: 'boolean' };
    case letterN:
      return { kind: 'nothing' };
    default:
      return numberValue(bufferOf(text).toString('latin1', span.start, span.end));
  }
}

function numberValue(text: string): FieldValue {
  return isIntegerOf(text, 64) ? { kind: 'int64', digits: text } : { kind: 'double', text };
}

function objectValue(text: Uint8Array, start: number): FieldValue {
  const key = dollarKeyAt(text, start);
  if (key === undefined || !isTypeKey(key)) return { kind: key === '$code' ? 'json' : 'object' };
  const typed = readTypedValue(text, start, key);
  return typed === undefined ? { kind: key === '$code' ? 'json' : 'object' } : fieldValueOf(typed.value);
}

function fieldValueOf(value: TypedValue): FieldValue {
  switch (value.type) {
    case 'objectId':
      return { kind: 'string', text: value.hex };
    case 'int32':
    case 'int64':
      return { kind: 'int64', digits: value.digits };
    case 'double':
      return { kind: 'double', text: value.text };
    case 'decimal128':
      return { kind: 'decimal', text: value.text };
    case 'date':
      return { kind: 'timestamp' };
    case 'binary':
      return isUuid(value) ? { kind: 'string', text: '' } : { kind: 'binary' };
    case 'symbol':
      return { kind: 'string', text: value.text };
    case 'undefined':
      return { kind: 'nothing' };
    case 'timestamp':
    case 'regularExpression':
    case 'code':
    case 'dbPointer':
    case 'minKey':
    case 'maxKey':
      return { kind: 'json' };
  }
}

/** 16 bytes are 24 characters of base64. */
function isUuid({ subType, base64 }: { readonly subType: string; readonly base64: string }): boolean {
  return subType === '04' && base64.length === 24;
}
