import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { sharedReceiver } from '../shared/app/open-receiver.ts';
import type { ShowStatus } from '../shared/app/status/open-status.ts';
import { jsonLine } from '../shared/json/json-line.ts';

app.http('status', { methods: ['GET'], route: 'status', authLevel: 'function', handler: showStatus });

const opening = sharedReceiver(process.env);
let shown: Promise<ShowStatus> | undefined;

/** Shows counts and names to the operator. It asks for the function key, because people pass addresses on. */
async function showStatus(_request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const opened = await opening;
  const now = new Date();
  if (opened.kind === 'misconfigured') opened.logProblems((line) => context.error(line), now);
  shown ??= openPage();
  const show = await shown;
  return await show(now, logFault);

  function logFault(fault: string): void {
    context.error(jsonLine({ message: 'the lake does not answer', fault }));
  }
}

/** Loaded with the first view, so that a change event does not wait for it. */
async function openPage(): Promise<ShowStatus> {
  const { openStatus } = await import('../shared/app/status/open-status.ts');
  return openStatus(opening, process.env);
}
