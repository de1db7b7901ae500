// Names of databases and collections that an enemy or a careless customer would choose.
import { anyText } from './any-text.ts';
import { fc } from './seeded.ts';

const piece = fc.oneof(
  fc.constantFrom('..', '.', '/', '\\', '_', '~', '%', '~2E', '%2e%2e', '%2F', ':', ' ', '\0', '\n', '\x7f', '=', '-'),
  fc.constantFrom('\ud800', '\udfff', '\ud83d\ude00', 'ü', '漢', '\u2028', '\u202e', '\ufeff', 'e\u0301', '\u00e9'),
  fc.constantFrom('a', 'A', 'Z9', 'system.buckets.', 'x'.repeat(39), 'x'.repeat(40), 'year=2026'),
  anyText({ maxLength: 6 }),
);

export const hostileName: fc.Arbitrary<string> = fc
  .oneof(
    fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.constantFrom('..', 'a/b', 'a\\b', '%2e%2e', '_x', '.x', '~2E', '~', 'x.', '...', '漢'.repeat(85), '\ud800'),
    // About as long as the longest name that is not cut.
    fc.integer({ min: 76, max: 84 }).map((length) => 'n'.repeat(length)),
    fc.integer({ min: 24, max: 30 }).map((length) => `${'/'.repeat(length)}n`),
    anyText({ minLength: 1, maxLength: 255 }),
  )
  .filter((name) => name !== '');

/** The longest names that MongoDB allows for a database and its collection. */
export const hostileDatabase = hostileName.map((name) => cutTo(name, 63));
export const hostileCollection = hostileName.map((name) => cutTo(name, 191));

function cutTo(name: string, maxBytes: number): string {
  return Buffer.byteLength(name) <= maxBytes ? name : cutTo(name.slice(0, -1), maxBytes);
}
