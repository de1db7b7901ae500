// The lines of a file of the lake, as slices of it. The last line needs no newline.
import { lineFeed } from '../json/json-bytes.ts';

export function* linesOf(content: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  while (start < content.length) {
    const found = content.indexOf(lineFeed, start);
    const end = found === -1 ? content.length : found;
    if (end > start) yield content.subarray(start, end);
    start = end + 1;
  }
}
