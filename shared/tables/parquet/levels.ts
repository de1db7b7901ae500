// Writes whether each value of a flat column exists: definition levels of 0 and 1.

/** In the hybrid encoding, after their length: one run if all are the same, else one bit for each value. */
export function levelBytes(levels: Uint8Array, count: number, nulls: number): Uint8Array {
  const isRun = nulls === 0 || nulls === count;
  const groups = Math.ceil(count / 8);
  const encoded = [0, 0, 0, 0, ...varInt(isRun ? count << 1 : (groups << 1) | 1)];
  if (isRun) encoded.push(nulls === 0 ? 1 : 0);
  else
    for (let group = 0; group < groups; group++) {
      let bits = 0;
      for (let bit = 0; bit < 8 && group * 8 + bit < count; bit++) bits |= (levels[group * 8 + bit] ?? 0) << bit;
      encoded.push(bits);
    }
  const bytes = Buffer.from(encoded);
  bytes.writeUInt32LE(encoded.length - 4, 0);
  return bytes;
}

function varInt(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}
