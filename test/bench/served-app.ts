// A built app behind the local host, in a process of its own. Run with: served-app.ts <folder of the app>
import { loadFunctionsApp } from '../../local/host/functions-app.ts';
import { startFunctionsHost } from '../../local/host/functions-host.ts';
import { beMeasured } from './measured.ts';

const [, , folder = ''] = process.argv;
const { port } = await startFunctionsHost(await loadFunctionsApp(folder), 0);
beMeasured({ url: `http://127.0.0.1:${port}/api/change-events` }, async () => ({}));
// The app logs a line for each request. Nobody reads it here.
console.log = () => undefined;
