// Snappy's block format, the compression that every reader of Parquet knows: https://github.com/google/snappy, format_description.txt.
// Node has none. The one of our Parquet library is exact, and takes twice the time: it was half of what a row costs.

/** A copy refers back within its block alone, so that an offset fits into two bytes. */
const blockBytes = 65_536;
const hashBits = 14;
/** Where each four bytes of the block were seen last, from the block's beginning. */
const seen = new Uint16Array(1 << hashBits);
/** So close to its end nothing is looked up: four bytes are read at once. */
const margin = 15;

/** Noise grows by as much as this. */
export function mostCompressed(length: number): number {
  return 32 + length + Math.floor(length / 6);
}

/** Compresses the parts as if they were one. Returns where the output ends: it must have room for `mostCompressed`. */
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
    // Further and further apart where nothing repeats: such bytes are not worth a look at each.
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
    // What ends here often begins a repetition too.
    if (here < limit) lookUp(view.getInt32(here - 1, true), here - 1, start);
  }
  return writeLiteral(input, literal, end, output, at);
}

/** Where these four bytes may have been before; from now on they are `here`. */
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

/** A loop copies so few bytes faster than a call. */
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

/** At most 64 bytes in one element, and never fewer than four in the last. */
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
