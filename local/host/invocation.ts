// The context of one run of a function, as the runtime gives it. Its log goes to the terminal.
import { randomUUID } from 'node:crypto';
import functions, { type InvocationContext } from '@azure/functions';

export function invocationOf(functionName: string): InvocationContext {
  return new functions.InvocationContext({
    invocationId: randomUUID(),
    functionName,
    logHandler: (level, ...line) => (level === 'error' || level === 'warning' ? console.error : console.log)(...line),
  });
}

/** Logs a function that throws. It must not end the host. */
export function logFailure(called: string, error: unknown): void {
  console.error(`The function "${called}" failed: ${error instanceof Error ? error.stack : error}`);
}
