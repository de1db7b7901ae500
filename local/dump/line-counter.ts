// Finds the line of a position in a file.
import { lineFeed } from '../../shared/json/json-bytes.ts';

export interface LineCounter {
  readonly lineAt: (text: Buffer, at: number) => number;
  /** Counts the lines up to a position. From then on, the text after it begins at 0. */
  readonly pass: (text: Buffer, at: number) => void;
}

/** Continues from the last position, so it reads a text only once for the places of all its documents. */
export function lineCounter(): LineCounter {
  let line = 1;
  let counted = 0;

  function lineAt(text: Buffer, at: number): number {
    if (at < counted) line -= lineFeedsIn(text, at, counted);
    else line += lineFeedsIn(text, counted, at);
    counted = at;
    return line;
  }

  return {
    lineAt,
    pass: (text, at) => {
      lineAt(text, at);
      counted = 0;
    },
  };
}

function lineFeedsIn(text: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf(lineFeed, start); at >= 0 && at < end; at = text.indexOf(lineFeed, at + 1)) count++;
  return count;
}
