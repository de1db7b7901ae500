// A separate process that opens the lake of its environment, and writes one file. It prints the outcome, and whether it
// loaded the identity library.
import { registerHooks } from 'node:module';
import { readSettings } from '../../shared/app/settings.ts';
import { openWriter } from '../../shared/lake/open-lake.ts';
import { never } from './never.ts';

let isIdentityLoaded = false;
registerHooks({
  load: (url, context, nextLoad) => {
    isIdentityLoaded ||= url.includes('/@azure/identity/');
    return nextLoad(url, context);
  },
});

const read = readSettings(process.env);
if (read.kind === 'invalid') throw new Error(read.problems.join('; '));
const lake = await openWriter(read.settings.lake);
const result = await lake.create('db/file.json', Buffer.from('{}\n'), 'application/json', never);
console.log(JSON.stringify({ result, isIdentityLoaded }));
