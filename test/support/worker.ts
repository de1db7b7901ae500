// A process that runs a built app as Azure's Node worker does, through the app's own copy of @azure/functions. Bodies
// come buffered in the invocation. With `enableHttpStream` they come over the HTTP server that the library opens for
// the host.
// Run with: worker.ts <folder of the app> <buffered | streamed>
import { randomUUID } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { loadFunctionsApp } from '../../local/host/functions-app.ts';
import { type HttpResult, type RegisteredFunction, registeredModels } from '../../local/host/functions-core.ts';
import { portOf } from './port-of.ts';

const [, , folder = '', mode = 'streamed'] = process.argv;
const app = await loadFunctionsApp(folder);
const model = registeredModels[0];
if (model === undefined) throw new Error('Cannot run the app: it must use @azure/functions');
const { HttpUri } = await model.getCapabilities({});
if ((HttpUri !== undefined) !== (mode === 'streamed'))
  throw new Error(`Cannot run the app ${mode}: it is set up otherwise`);

const server = createServer((request, response) => void serve(request, response));
server.listen(0, '127.0.0.1', () => {
  console.log(`The worker listens on http://127.0.0.1:${portOf(server)}/api/change-events`);
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const called = app.functions.find(({ trigger }) => request.url === `/${app.routePrefix}/${trigger.route}`);
  if (called === undefined) return void response.writeHead(404).end();
  const invocationId = randomUUID();
  if (HttpUri === undefined) return sendBuffered(await invoke(called, invocationId, await buffered(request)), response);
  forward(request, response, invocationId, HttpUri);
  await invoke(called, invocationId, { headers: request.headers });
}

async function invoke(
  { metadata, invoke: handler }: RegisteredFunction,
  invocationId: string,
  http: { headers: unknown },
) {
  const [triggerName = ''] = Object.entries(metadata.bindings).find(([, { type }]) => type === 'httpTrigger') ?? [];
  const invocation = model?.getInvocationModel({
    invocationId,
    metadata,
    log: (_level: string, _category: string, line: string) => console.log(line),
    request: {
      inputData: [{ name: triggerName, data: { http } }],
      triggerMetadata: { Headers: { json: JSON.stringify(http.headers) } },
    },
  });
  if (invocation === undefined) return undefined;
  const { context, inputs } = await invocation.getArguments();
  const result = await invocation.invokeFunction(context, inputs, handler);
  return (await invocation.getResponse(context, result)).returnValue?.http;
}

async function buffered(request: IncomingMessage) {
  const bytes = await buffer(request);
  return { method: request.method, url: `http://localhost${request.url}`, headers: request.headers, body: { bytes } };
}

function sendBuffered(result: HttpResult | undefined, response: ServerResponse): void {
  response.writeHead(Number(result?.statusCode ?? 500), result?.headers).end(result?.body?.bytes);
}

/** Passes a streamed request to the library's server under the invocation's name, as the host does. */
function forward(request: IncomingMessage, response: ServerResponse, invocationId: string, libraryUrl: string): void {
  const headers = {
    ...request.headers,
    'x-ms-invocation-id': invocationId,
    'x-forwarded-host': request.headers.host,
    'x-forwarded-proto': 'http',
  };
  const proxied = httpRequest(new URL(request.url ?? '/', libraryUrl), { method: request.method, headers });
  proxied.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on('end', () => {
      // The answer came before the end of the body. The host then stops the upload.
      if (!request.complete) request.unpipe(proxied).resume();
      if (!request.complete) proxied.destroy();
    });
  });
  proxied.on('error', () => response.destroy());
  request.pipe(proxied);
}
