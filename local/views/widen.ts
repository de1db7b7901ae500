// Collects the values of a field, and gives the narrowest type that holds all of them.
import { type ColumnType, maxPrecision } from './column-type.ts';
import type { FieldValue } from './field-value.ts';

/** Beyond this limit, two integers can be the same double. */
const maxExactInteger = 2n ** 53n;
const simpleDate = /^[+-]?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const simpleNotANumber = /^(?:NaN|-?Infinity)$/;

export interface SeenTypes {
  readonly add: (value: FieldValue, isSimple: boolean) => void;
  readonly kinds: () => ReadonlySet<FieldValue['kind']>;
  readonly type: () => ColumnType;
}

export function seenTypes(): SeenTypes {
  const kinds = new Set<FieldValue['kind']>();
  let hasLargeInteger = false;
  let hasNotANumberText = false;
  /** The most digits before and after the point, over all numbers. */
  let wholeDigits = 0;
  let scale = 0;

  return { add, kinds: () => kinds, type };

  function add(value: FieldValue, isSimple: boolean): void {
    switch (value.kind) {
      case 'nothing':
        return;
      case 'string':
        addText(value.text, isSimple);
        return;
      case 'int64':
        if (isLarge(value.digits)) hasLargeInteger = true;
        addDigits(value.digits);
        break;
      case 'double':
      case 'decimal':
        addDigits(value.text);
        break;
      case 'boolean':
      case 'timestamp':
      case 'binary':
      case 'json':
      case 'object':
    }
    kinds.add(value.kind);
  }

  /** The format `simple` writes dates and the numbers that JSON lacks as text. */
  function addText(text: string, isSimple: boolean): void {
    if (isSimple && simpleDate.test(text)) kinds.add('timestamp');
    else if (isSimple && simpleNotANumber.test(text)) hasNotANumberText = true;
    else kinds.add('string');
  }

  function addDigits(text: string): void {
    const digits = decimalDigits(text);
    if (digits === undefined) return;
    wholeDigits = Math.max(wholeDigits, digits.whole);
    scale = Math.max(scale, digits.scale);
  }

  function type(): ColumnType {
    if (hasNotANumberText) kinds.add(onlyNumbers(kinds) && kinds.size > 0 ? 'double' : 'string');
    if (kinds.has('json') || kinds.has('object')) return { kind: 'json' };
    if (kinds.size === 0) return { kind: 'string' };
    if (onlyNumbers(kinds)) return numberType();
    const [only] = kinds;
    if (kinds.size > 1 || only === undefined) return { kind: 'string' };
    switch (only) {
      case 'boolean':
      case 'timestamp':
      case 'binary':
        return { kind: only };
      default:
        return { kind: 'string' };
    }
  }

  function numberType(): ColumnType {
    if (kinds.size === 1 && kinds.has('int64')) return { kind: 'int64' };
    if (!kinds.has('decimal') && !(kinds.has('int64') && hasLargeInteger)) return { kind: 'double' };
    return wholeDigits + scale > maxPrecision
      ? { kind: 'string' }
      : { kind: 'decimal', precision: maxPrecision, scale };
  }
}

function onlyNumbers(kinds: ReadonlySet<FieldValue['kind']>): boolean {
  return [...kinds].every((kind) => kind === 'int64' || kind === 'double' || kind === 'decimal');
}

function isLarge(digits: string): boolean {
  const value = BigInt(digits);
  return value > maxExactInteger || value < -maxExactInteger;
}

/**
 * The digits of a number before and after its point. Undefined for NaN and the infinities: these are null in a decimal.
 */
function decimalDigits(text: string): { readonly whole: number; readonly scale: number } | undefined {
  const [, whole = '', fraction = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === '') return undefined;
  const significant = `${whole}${fraction}`.replace(/^0+/, '');
  if (significant === '') return { whole: 1, scale: 0 };
  const point = significant.length - fraction.length + Number(exponent);
  return { whole: Math.max(point, 1), scale: Math.max(significant.length - point, 0) };
}
