// The person who runs the command.
import type { Progress } from '../progress.ts';

export interface VerifyTerminal {
  readonly write: (line: string) => void;
  readonly note: (line: string) => void;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Asks the person; undefined if nobody can be asked. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
}
