/** A file whose writer can be told from it, and whether anything is missing or mixed. */
export function lettersOf(letter: string): Buffer {
  return Buffer.from(`${letter.repeat(300_000)}\n`);
}
