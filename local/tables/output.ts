import type { Progress } from '../progress.ts';

export interface Output {
  readonly write: (text: string) => void;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
