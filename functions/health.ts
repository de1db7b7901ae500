import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { sharedReceiver } from '../shared/app/open-receiver.ts';
import { jsonLine } from '../shared/json/json-line.ts';

app.http('health', { methods: ['GET'], route: 'health', authLevel: 'anonymous', handler: answerHealth });

const opening = sharedReceiver(process.env);

/** Anyone can ask. So the answer has no more than a load balancer needs. */
export async function answerHealth(_request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const opened = await opening;
  const now = new Date();
  if (opened.kind === 'misconfigured') opened.logProblems((line) => context.error(line), now);
  const isHealthy = opened.kind === 'open' && (await opened.health.isHealthy(now, logFault));
  return { status: isHealthy ? 200 : 503, jsonBody: { status: isHealthy ? 'ok' : 'unavailable' } };

  function logFault(fault: string): void {
    context.error(jsonLine({ message: 'the lake does not answer', fault }));
  }
}
