/** The signal of work that nobody stops. Only the limit of the test runner ends a test that hangs. */
export const never = new AbortController().signal;
