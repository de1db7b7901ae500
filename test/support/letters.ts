/** A file that shows its writer, and whether bytes are missing or mixed. */
export function lettersOf(letter: string): Buffer {
  return Buffer.from(`${letter.repeat(300_000)}\n`);
}
