// Snappy's block format, the compression that every reader of Parquet knows: https://github.com/google/snappy,
// format_description.txt. Node has none. Our Parquet library has one that takes twice the time. That was half of the
// cost of a row.

/** A copy refers back only within its block. So an offset fits into two bytes. */
const blockBytes = 65_536;
const hashBits = 14;
/** The last place of each sequence of four bytes, counted from the beginning of the block. */
const seen = new Uint16Array(1 << hashBits);
/** The last bytes are not searched, because a look reads four bytes at once. */
const margin = 15;

/** The most that random bytes can grow. */
export function mostCompressed(length: number): number {
  return 32 + length + Math.floor(length / 6);
}

/** Compresses the parts as one. Returns the end of the output, which must have room for `mostCompressed`. */
export function snappyCompress(parts: readonly Uint8Array[], output: Uint8Array, start: number): number {
  const length = parts.reduce((bytes, part) => bytes + part.length, 0);
  let at = writeVarInt(output, start, length);
  for (const part of parts) {
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    for (let from = 0; from < part.length; from += blockBytes)
      at = compressBlock(part, view, from, Math.min(from + blockBytes, part.length), output, at);
  }
  return at;
}

function compressBlock(
  input: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  output: Uint8Array,
  at: number,
): number {
  const limit = end - margin;
  let literal = start;
  let here = start + 1;
  seen.fill(0);
  while (here < limit) {
    // If nothing repeats, the looks are further and further apart. So such bytes cost little.
    let misses = 32;
    let word = view.getInt32(here, true);
    let found = lookUp(word, here, start);
    while (word !== view.getInt32(found, true)) {
      here += misses++ >>> 5;
      if (here >= limit) return writeLiteral(input, literal, end, output, at);
      word = view.getInt32(here, true);
      found = lookUp(word, here, start);
    }
    at = writeLiteral(input, literal, here, output, at);
    const matched = here;
    here = matchEnd(input, view, found + 4, here + 4, end);
    at = writeCopy(output, at, matched - found, here - matched);
    literal = here;
    // The end of one repetition is often the beginning of the next.
    if (here < limit) lookUp(view.getInt32(here - 1, true), here - 1, start);
  }
  return writeLiteral(input, literal, end, output, at);
}

/** The possible earlier place of these four bytes. Their place is `here` from now on. */
function lookUp(word: number, here: number, start: number): number {
  const hash = Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits);
  const found = start + (seen[hash] ?? 0);
  seen[hash] = here - start;
  return found;
}

/** The end of the bytes from `here` on that are equal to those from `earlier` on. */
function matchEnd(input: Uint8Array, view: DataView, earlier: number, here: number, end: number): number {
  while (here + 4 <= end && view.getInt32(earlier, true) === view.getInt32(here, true)) {
    earlier += 4;
    here += 4;
  }
  while (here < end && input[earlier] === input[here]) {
    earlier++;
    here++;
  }
  return here;
}

/** For a few bytes, a loop is faster than a call. */
const fewBytes = 48;

function writeLiteral(input: Uint8Array, from: number, to: number, output: Uint8Array, at: number): number {
  const length = to - from;
  if (length === 0) return at;
  const rest = length - 1;
  if (rest < 60) output[at++] = rest << 2;
  else if (rest < 256) {
    output[at++] = 60 << 2;
    output[at++] = rest;
  } else {
    output[at++] = 61 << 2;
    output[at++] = rest & 0xff;
    output[at++] = rest >>> 8;
  }
  if (length > fewBytes) output.set(input.subarray(from, to), at);
  else for (let byte = 0; byte < length; byte++) output[at + byte] = input[from + byte] ?? 0;
  return at + length;
}

/** An element has at most 64 bytes. The last one has at least four. */
function writeCopy(output: Uint8Array, at: number, offset: number, length: number): number {
  while (length >= 68) {
    at = writeLongCopy(output, at, offset, 64);
    length -= 64;
  }
  if (length > 64) {
    at = writeLongCopy(output, at, offset, 60);
    length -= 60;
  }
  if (length >= 12 || offset >= 2048) return writeLongCopy(output, at, offset, length);
  output[at] = 1 | ((length - 4) << 2) | ((offset >>> 8) << 5);
  output[at + 1] = offset & 0xff;
  return at + 2;
}

function writeLongCopy(output: Uint8Array, at: number, offset: number, length: number): number {
  output[at] = 2 | ((length - 1) << 2);
  output[at + 1] = offset & 0xff;
  output[at + 2] = offset >>> 8;
  return at + 3;
}

function writeVarInt(output: Uint8Array, at: number, value: number): number {
  for (; value > 127; value >>>= 7) output[at++] = (value & 127) | 128;
  output[at++] = value;
  return at;
}
