// Text of any code points, also halves of a surrogate pair. The unit 'binary' of fast-check draws the same. But
// before the first text it needs 1.5 s of CPU and a map of a million entries.
import { fc } from './seeded.ts';

const codePoint = fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point));

export function anyText(lengths: { readonly minLength?: number; readonly maxLength?: number } = {}) {
  return fc.string({ unit: codePoint, ...lengths });
}
