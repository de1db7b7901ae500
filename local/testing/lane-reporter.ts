// Sends the reports of Node's test runner to the process that shows them. Waits until each message is sent, because the
// runner may end its process right after the last report.
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

export type LaneEvent =
  | { readonly kind: 'begins'; readonly name: string }
  | { readonly kind: 'passed'; readonly name: string; readonly depth: number }
  | { readonly kind: 'failed'; readonly name: string; readonly where: string; readonly error: string }
  | { readonly kind: 'finished'; readonly file: string }
  | { readonly kind: 'printed'; readonly text: string }
  | { readonly kind: 'counted'; readonly counts: Readonly<Record<string, number>> };

// The reader of the reports can end first.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();

// biome-ignore lint/style/noDefaultExport: the runner takes the default export of a reporter.
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    const told = laneEvent(event);
    if (told !== undefined) await new Promise((sent) => process.send?.(told, sent));
  }
  yield '';
}

function laneEvent({ type, data }: TestEvent): LaneEvent | undefined {
  if (type === 'test:dequeue' && data.nesting === 0) return { kind: 'begins', name: data.name };
  if (type === 'test:pass') return { kind: 'passed', name: data.name, depth: data.nesting };
  if (type === 'test:stdout' || type === 'test:stderr') return { kind: 'printed', text: data.message };
  if (type === 'test:summary') return summed(data);
  if (type !== 'test:fail') return undefined;
  const { error } = data.details;
  // A suite fails with its tests, and the tests have their own reports.
  if ('failureType' in error && error.failureType === 'subtestsFailed') return undefined;
  const cause = error.cause instanceof Error || typeof error.cause === 'string' ? error.cause : error;
  const where = [data.file ?? '', data.line, data.column].join(':');
  return { kind: 'failed', name: data.name, where, error: typeof cause === 'string' ? cause : inspect(cause) };
}

/**
 * Each file of an isolated run has its own summary. The summary of the run names no file, or the file that loads all.
 */
function summed({ file, counts }: { readonly file: string | undefined; readonly counts: Counts }): LaneEvent {
  return file === undefined || file === process.argv[1] ? counted(counts) : { kind: 'finished', file };
}

type Counts = Readonly<Record<string, number>>;

function counted({
  tests,
  suites,
  passed,
  failed,
  cancelled,
  skipped,
  todo,
}: Readonly<Record<string, number>>): LaneEvent {
  const known = { tests, suites, pass: passed, fail: failed, cancelled, skipped, todo };
  return {
    kind: 'counted',
    counts: Object.fromEntries(Object.entries(known).map(([name, count]) => [name, count ?? 0])),
  };
}
