import { app, type InvocationContext, type Timer } from '@azure/functions';
import { readSettings } from '../shared/app/settings.ts';
import { tablesTimer } from '../shared/app/tables-timer.ts';
import { jsonLine } from '../shared/json/json-line.ts';

const timer = tablesTimer(process.env);

// This comes before anything that can throw. Without tables there is no timer: a host without storage cannot start one.
if (timer !== undefined) app.timer('compact', { schedule: timer.schedule, handler: compactTables });

async function compactTables(_timer: Timer, context: InvocationContext): Promise<void> {
  const read = readSettings(process.env);
  if (read.kind === 'invalid') {
    context.error(jsonLine({ message: 'cannot start: wrong settings', problems: read.problems }));
    return;
  }
  // Loaded only here, so that a change event does not wait for it.
  const { runTables } = await import('../shared/app/run-tables.ts');
  context.log(await runTables(read.settings, new Date()));
}
