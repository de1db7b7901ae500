// The built app behind the local host, in a process of its own that tells what it has used.
import { createServer } from 'node:http';
import { loadFunctionsApp } from '../../local/functions-app.ts';
import { startFunctionsHost } from '../../local/functions-host.ts';
import { root } from '../../local/paths.ts';

const { port } = await startFunctionsHost(await loadFunctionsApp(root), 0);
const meter = createServer((_request, response) => {
  const { user, system } = process.cpuUsage();
  response.end(JSON.stringify({ cpuMs: (user + system) / 1000 }));
});
meter.listen(0, '127.0.0.1', () => {
  const address = meter.address();
  const meterPort = typeof address === 'object' ? address?.port : undefined;
  process.send?.({ url: `http://127.0.0.1:${port}/api/change-events`, meter: `http://127.0.0.1:${meterPort}` });
});
// The app logs a line for each request, which here nobody reads.
console.log = () => undefined;
