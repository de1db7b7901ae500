// Which line of a file a position is on. Only messages need it, so lines are counted late.
const lineFeed = 0x0a;

export interface LineCounter {
  readonly lineAt: (text: Buffer, at: number) => number;
  /** Counts the lines up to a position. The text behind it is at 0 from then on. */
  readonly pass: (text: Buffer, at: number) => void;
}

export function lineCounter(): LineCounter {
  let passed = 1;
  const lineAt = (text: Buffer, at: number): number => passed + lineFeedsIn(text, at);
  return {
    lineAt,
    pass: (text, at) => {
      passed = lineAt(text, at);
    },
  };
}

function lineFeedsIn(text: Buffer, end: number): number {
  let count = 0;
  for (let at = text.indexOf(lineFeed); at >= 0 && at < end; at = text.indexOf(lineFeed, at + 1)) count++;
  return count;
}
