// Shows the progress of long work: a bar in a terminal, else a line every ten seconds.

import { printable } from './printable.ts';

export interface Progress {
  /**
   * `text` is the progress so far, such as "12,000 documents". A function is called only if the text is shown. A total
   * of 0 means that the total is unknown.
   */
  readonly update: (done: number, total: number, text: string | (() => string)) => void;
  /** Removes the bar, so that the next text has a line of its own. */
  readonly end: () => void;
}

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

const barEveryMs = 100;
const lineEveryMs = 10_000;
const barWidth = 24;

/** Writes to standard error, so that the output of a command stays clean. */
export function progress(output: ProgressOutput = process.stderr, now: () => number = Date.now): Progress {
  const isTerminal = output.isTTY === true;
  let shownMs = isTerminal ? 0 : now();
  let isShown = false;
  return {
    update: (done, total, text) => {
      if (now() - shownMs < (isTerminal ? barEveryMs : lineEveryMs)) return;
      shownMs = now();
      isShown = isTerminal;
      const line = `${isTerminal && total > 0 ? `${bar(done / total)} ` : ''}${percent(done, total)}${printable(typeof text === 'string' ? text : text())}`;
      output.write(isTerminal ? `\r\u001b[K${line.slice(0, (output.columns ?? 80) - 1)}` : `${line}\n`);
    },
    end: () => {
      if (isShown) output.write('\r\u001b[K');
      isShown = false;
    },
  };
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * barWidth);
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
}

function percent(done: number, total: number): string {
  return total > 0 ? `${Math.floor(Math.min(1, done / total) * 100)} %  ` : '';
}
