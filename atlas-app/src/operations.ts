/** What this invocation asked of the network, requests and database together: Atlas ends it at 1,000. */
export const operations = { spent: 0 };
