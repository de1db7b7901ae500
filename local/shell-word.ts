// Quotes a text for a command that a person copies into a shell.

/** Adds quotes only where a shell needs them. */
export function shellWord(text: string): string {
  return /^[\w.,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
