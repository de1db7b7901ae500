// Writes a value as one line of JSON, for a log. JSON allows some raw characters that readers take for a line end.

/**
 * U+2028, U+2029 and U+0085 end lines for Node's readline and Python. The C1 controls move the cursor of a terminal.
 */
const raw = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(raw, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
