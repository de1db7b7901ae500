import type { TypedValue, TypeKey } from '../extended-json/typed-value.ts';

/** How values of BSON types are written into the lake. */
export interface Format {
  /** The types this format writes in another way than they are sent; all others are copied unchanged. */
  readonly rewrites: ReadonlySet<TypeKey>;
  readonly typed: (value: TypedValue) => string;
  /** A bare number, as in the text: JSON.parse would round it. */
  readonly number: (source: string) => string;
  /** Whether `number` changes any but a negative zero. */
  readonly wrapsNumbers: boolean;
  /** Whether a number of a usual type is written without its type, digit by digit. */
  readonly bareNumbers: boolean;
  /**
   * Types that a user's ordinary object would become if its inner numbers are written this way, such as
   * `{"$date":5000000000}` in canonical: it is copied as it was sent.
   */
  readonly guarded: ReadonlySet<TypeKey>;
  /** Whether code with a scope keeps Extended JSON's keys, or gets keys without a dollar. */
  readonly plainScope: boolean;
}
