// `npm run query -- "…" --csv | head` closes the pipe early. Nobody reads the rest, so the command ends.
import type { EventEmitter } from 'node:events';

/** As a shell says it: 128, and the number of SIGPIPE. */
const closedPipeCode = 141;

/** Ends the process without a stack. Every other fault of the output is a defect. */
export function endAtClosedPipe(output: EventEmitter, exit: (code: number) => void): void {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    exit(closedPipeCode);
  });
}
