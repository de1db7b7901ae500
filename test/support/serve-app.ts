// A process that serves the built app without checks before, as the Functions runtime does.
import { loadFunctionsApp } from '../../local/host/functions-app.ts';
import { startFunctionsHost } from '../../local/host/functions-host.ts';
import { root } from '../../local/paths.ts';

const { port } = await startFunctionsHost(await loadFunctionsApp(root), 0);
console.log(`The app listens on http://localhost:${port}/api/change-events`);
