// Values in Parquet's PLAIN encoding, behind the levels of their page.
import type { ParquetType } from './format.ts';

export type PlainValue = string | Uint8Array | bigint | number | boolean;

/** The number of bytes of a value, or a little more. */
export function plainSize(value: PlainValue): number {
  if (typeof value === 'string') return 4 + Buffer.byteLength(value);
  if (value instanceof Uint8Array) return 4 + value.length;
  return 8;
}

export function plainBytes(
  type: ParquetType | undefined,
  values: readonly PlainValue[],
  before: readonly Uint8Array[],
): Buffer {
  const head = before.reduce((bytes, piece) => bytes + piece.length, 0);
  const expected = values.reduce((bytes: number, value) => bytes + plainSize(value), head);
  const page = Buffer.allocUnsafe(expected);
  let at = 0;
  for (const piece of before) {
    page.set(piece, at);
    at += piece.length;
  }
  if (type === 'BOOLEAN') return Buffer.concat([page.subarray(0, at), booleanBits(values)]);
  for (const value of values) at = writePlain(page, value, type, at);
  return page.subarray(0, at);
}

function writePlain(page: Buffer, value: PlainValue, type: ParquetType | undefined, at: number): number {
  switch (type) {
    case 'BYTE_ARRAY': {
      if (value instanceof Uint8Array) {
        page.set(value, page.writeUInt32LE(value.length, at));
        return at + 4 + value.length;
      }
      const length = page.write(String(value), at + 4);
      page.writeUInt32LE(length, at);
      return at + 4 + length;
    }
    case 'INT64':
      return page.writeBigInt64LE(BigInt(value instanceof Uint8Array ? 0 : value), at);
    case 'INT32':
      return page.writeInt32LE(Number(value), at);
    default:
      throw new Error(`Cannot write a column: its type must be one that tables use: it is ${type}`);
  }
}

function booleanBits(values: readonly PlainValue[]): Buffer {
  const bits = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [at, value] of values.entries())
    if (value === true) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
  return bits;
}
