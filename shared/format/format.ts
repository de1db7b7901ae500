import type { TypedValue, TypeKey } from '../extended-json/typed-value.ts';

/** How values of BSON types are written into the lake. */
export interface Format {
  /** The types this format writes in another way than they are sent; all others are copied unchanged. */
  readonly rewrites: ReadonlySet<TypeKey>;
  readonly typed: (value: TypedValue) => string;
  /** Types that `typed` writes as the string that they have, and nothing else. */
  readonly strings: ReadonlySet<TypeKey>;
  /** A bare number, as in the text: JSON.parse would round it. */
  readonly number: (source: string) => string;
  /** Whether `number` changes any but a negative zero. */
  readonly wrapsNumbers: boolean;
  /** The short way for values in their usual spelling. Undefined where `typed` and `number` write each of them. */
  readonly plain: PlainFormat | undefined;
  /**
   * Types that a user's ordinary object would become if its inner numbers are written this way, such as
   * `{"$date":5000000000}` in canonical: it is copied as it was sent.
   */
  readonly guarded: ReadonlySet<TypeKey>;
  /** Whether code with a scope keeps Extended JSON's keys, or gets keys without a dollar. */
  readonly plainScope: boolean;
}

/** Writes exactly what `typed` writes for a value in its usual spelling. */
export interface PlainFormat {
  /** `bare`: the digits alone. `copied`: the object as it was sent. */
  readonly number: 'bare' | 'copied';
  /** `quoted`: the hex digits as a string. */
  readonly objectId: 'quoted' | 'copied';
  readonly date: ((ms: number) => string) | 'copied';
}
