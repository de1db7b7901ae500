import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { sharedReceiver } from '../shared/app/open-receiver.ts';

app.http('health', { methods: ['GET'], route: 'health', authLevel: 'anonymous', handler: tellHealth });

const opening = sharedReceiver(process.env);

/** Anonymous, so it tells no more than a load balancer needs. */
export async function tellHealth(_request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const opened = await opening;
  if (opened.kind === 'misconfigured') opened.logProblemsOnce((line) => context.error(line));
  const isWell = opened.kind === 'open' && (await opened.health.isWell(new Date(), logFault));
  return { status: isWell ? 200 : 503, jsonBody: { status: isWell ? 'ok' : 'unavailable' } };

  function logFault(fault: string): void {
    context.error(JSON.stringify({ message: 'the lake does not answer', fault }));
  }
}
