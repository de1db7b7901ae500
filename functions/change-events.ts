import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { toLogLine } from '../shared/app/log-line.ts';
import { sharedReceiver } from '../shared/app/open-receiver.ts';
import type { Delivery } from '../shared/http/delivery.ts';
import { receive } from '../shared/http/receive.ts';
import { misconfigured, toResponse } from '../shared/http/response.ts';

// Bodies are streams. So a limit on a body also limits memory: docs/decisions/003.
app.setup({ enableHttpStream: true });

// This comes before anything that can throw. To the host, a module that fails earlier is an app without functions.
app.http('changeEvents', {
  methods: ['POST'],
  route: 'change-events',
  authLevel: 'function',
  handler: receiveChangeEvents,
});

const opening = sharedReceiver(process.env);

async function receiveChangeEvents(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const startedMs = Date.now();
  const opened = await opening;
  if (opened.kind === 'misconfigured') {
    opened.logProblems((line) => context.error(line), new Date(startedMs));
    return misconfigured;
  }

  opened.logNoticeOnce((line) => context.warn(line));
  const receipt = await receive(deliveryOf(request), opened.receiver, new Date(startedMs));
  const response = toResponse(receipt, opened.receiver.settings);
  const endedMs = Date.now();
  context.log(toLogLine(receipt, { status: response.status, startedMs, endedMs }));
  opened.deliveries.note(receipt, endedMs);
  if ('events' in receipt) opened.health.noteWrites(receipt.events);
  return response;
}

function deliveryOf({ headers, body }: HttpRequest): Delivery {
  return {
    contentType: headers.get('content-type'),
    contentEncoding: headers.get('content-encoding'),
    contentLength: headers.get('content-length'),
    signature: {
      id: headers.get('webhook-id'),
      timestamp: headers.get('webhook-timestamp'),
      signature: headers.get('webhook-signature'),
    },
    body,
  };
}
