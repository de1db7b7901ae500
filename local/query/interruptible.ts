// Statements of DuckDB that end at Ctrl-C.
import type { DuckDBConnection } from '@duckdb/node-api';

const againMs = 100;

/** DuckDB forgets an interruption that comes while it prepares the next step. So it is repeated until the work ends. */
export async function interruptible<T>(
  connection: Pick<DuckDBConnection, 'interrupt'>,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  let repeating: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    repeating = setInterval(() => connection.interrupt(), againMs);
  };
  signal.addEventListener('abort', interrupt);
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', interrupt);
    clearInterval(repeating);
  }
}
