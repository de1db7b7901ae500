// Which line of a file a position is on.
import { lineFeed } from '../../shared/json/json-bytes.ts';

export interface LineCounter {
  readonly lineAt: (text: Buffer, at: number) => number;
  /** Counts the lines up to a position. The text behind it is at 0 from then on. */
  readonly pass: (text: Buffer, at: number) => void;
}

/** Goes on from the position that was asked for last, so that a text is looked at once for the places of all its documents. */
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
