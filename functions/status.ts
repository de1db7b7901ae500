import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { sharedReceiver } from '../shared/app/open-receiver.ts';
import { openStatus } from '../shared/app/status/open-status.ts';
import { jsonLine } from '../shared/json/json-line.ts';

app.http('status', { methods: ['GET'], route: 'status', authLevel: 'function', handler: showStatus });

const show = openStatus(sharedReceiver(process.env), process.env);

/** Counts and names for whoever runs the app: with the function key, as an address is easily passed on. */
export async function showStatus(_request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  return await show(new Date(), logFault);

  function logFault(fault: string): void {
    context.error(jsonLine({ message: 'the lake does not answer', fault }));
  }
}
