import type { TypedValue, TypeKey } from '../extended-json/typed-value.ts';
import type { ByteWriter } from '../json/byte-writer.ts';

/** How values of BSON types are written into the lake. */
export interface Format {
  /** The types that this format writes in another way. All others are copied unchanged. */
  readonly rewrites: ReadonlySet<TypeKey>;
  readonly typed: (value: TypedValue) => string;
  /** Types that `typed` writes as their string alone. */
  readonly strings: ReadonlySet<TypeKey>;
  /** A bare number, as in the text: JSON.parse would round it. */
  readonly number: (source: string) => string;
  /** Whether `number` changes numbers that are in their one spelling. */
  readonly wrapsNumbers: boolean;
  /** The fast path for values in their usual spelling. Undefined if `typed` and `number` write all of them. */
  readonly plain: PlainFormat | undefined;
  /**
   * Types that a user's ordinary object would become in this format, such as `{"$date":5000000000}` in canonical. Such
   * an object is copied as it was sent.
   */
  readonly guarded: ReadonlySet<TypeKey>;
  /** Whether code with a scope keeps Extended JSON's keys, or gets keys without a dollar. */
  readonly plainScope: boolean;
}

/** Writes exactly what `typed` writes for a value in its usual spelling. */
export interface PlainFormat {
  /** `bare`: the digits alone. `copied`: the object as it was sent. */
  readonly number: 'bare' | 'copied';
  /** `quoted`: the hex digits of an object id, or the digits of a decimal, as a string. */
  readonly text: 'quoted' | 'copied';
  /** `read`: as a typed value. */
  readonly binary: 'copied' | 'read';
  readonly date: ((out: ByteWriter, ms: number) => void) | 'copied';
}
