// Text for a terminal. Names and values come from data. A line break, an escape sequence or a change of direction in
// one must not change the terminal.

/** Controls (also those of 8 bits, which terminals take for an escape), line separators, and marks of direction. */
const hidden = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** Each such character as JSON spells it. */
export function printable(text: string): string {
  return text.replace(hidden, (found) => {
    const spelled = JSON.stringify(found).slice(1, -1);
    return spelled === found ? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}` : spelled;
  });
}

/** The same for a message of ours, which can have several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
