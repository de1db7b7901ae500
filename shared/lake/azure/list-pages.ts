// Asks for a list page by page.
import { withRetries } from '../../async/retry.ts';
import { mayPass } from './azure-error.ts';

interface Page {
  readonly continuationToken?: string | undefined;
  readonly continuation?: string | undefined;
}

/** Retries a single page, so that a long list does not start again. */
export async function* pages<P extends Page>(
  pageAfter: (token: string | undefined) => Promise<IteratorResult<P, unknown>>,
  signal: AbortSignal,
): AsyncGenerator<P> {
  let token: string | undefined;
  do {
    const { value, done } = await withRetries(() => pageAfter(token), mayPass, signal);
    if (done === true) return;
    yield value;
    token = value.continuationToken ?? value.continuation;
  } while (token !== undefined && token !== '');
}

export function pageOptions(continuationToken: string | undefined) {
  return { maxPageSize: 5000, ...(continuationToken === undefined ? {} : { continuationToken }) };
}
