// npm run doctor: whether everything on the way from Atlas to the lake is as it must be, and what to do where it is not.
import { resolve } from 'node:path';
import { describeFault } from '../../shared/lake/fault.ts';
import { ruleBrokenBy } from '../atlas-configure/namespace-rules.ts';
import { type Command, CommandError } from '../command.ts';
import { type Check, type Checking, failed } from '../doctor/check.ts';
import { cleanups } from '../doctor/cleanups.ts';
import { type Examination, examine } from '../doctor/examine.ts';
import type { Watched } from '../doctor/probe/atlas-document.ts';
import { isWell, jsonOf, lineOf, summaryOf } from '../doctor/report.ts';
import { root } from '../paths.ts';

const help = `npm run doctor [-- [--url <address>] [--probe <database>.<collection>] [--json]]

Checks, with the production settings in the environment, the settings, the lake, the receiver and the Atlas side, and says for each
failure how to fix it. It also compares, as a first look, how many documents each watched collection has with the latest state in
the lake. Changes nothing but for a file that it creates and removes. Ends with 0 only when all is well.

  --url <address>        the receiver; without it RECEIVER_URL, then "receiverUrl" in atlas-app/lake-sync.json
  --probe <db>.<coll>    also inserts a document of edge values there through Atlas, waits for its file, compares each value, and removes it
  --wait <seconds>       how long the probe waits for its file; without it 180
  --json                 one object with every check: { "ok", "checks": [{ "name", "outcome", "told", "fix" }] }
  --app <folder>         another app folder than atlas-app

  LAKE_URL, SIGNING_SECRETS, …   the settings of the app, as in the README
  RECEIVER_KEY                   the function key; LAKE_RECEIVER_KEY, as npm run atlas:deploy has it, is taken too
  EVENT_HUB_NAME, EVENT_HUB_CONNECTION…
                                 where they are set: the hub, its consumer group, the role, and how far behind each partition is;
                                 for the last, AzureWebJobsStorage or AzureWebJobsStorage__blobServiceUri as the app has it
  LAKE_SIGNING_SECRET            where it is set: the sender's secret, which must be one of SIGNING_SECRETS
  ATLAS_PUBLIC_KEY, ATLAS_PRIVATE_KEY, ATLAS_PROJECT_ID
                                 an Atlas API key with the role Project Owner; without it the Atlas side is left out, which is no failure`;

export const command: Command = {
  help,
  options: ['url', 'probe', 'wait', 'app'],
  flags: ['json'],
  run: async ({ url, probe, wait = '180', json, app = 'atlas-app' }, { environment, write, note, stopped }) => {
    const open = cleanups();
    const examination = {
      environment,
      appFolder: resolve(root, app),
      url,
      probe: probe === undefined ? undefined : readNamespace(probe),
      waitSeconds: readSeconds(wait),
      cleanups: open,
      onProgress: note,
    };
    return await Promise.race([examined(examination, json !== undefined, write), ended()]);

    /** What a check has made is removed first. */
    async function ended(): Promise<number> {
      await stopped();
      note('Stopping: what was made is taken away first; Ctrl-C again ends at once');
      await open.runAll();
      return 130;
    }
  },
};

async function examined(examination: Examination, asJson: boolean, write: (line: string) => void): Promise<number> {
  const checks: Check[] = [];
  for await (const check of whole(examine(examination))) {
    checks.push(check);
    if (!asJson) write(lineOf(check));
  }
  write(asJson ? jsonOf(checks) : `\n${summaryOf(checks)}`);
  return isWell(checks) ? 0 : 1;
}

/** What nobody thought of is a check too; its message can carry what must not be told. */
async function* whole(checking: Checking): Checking {
  try {
    yield* checking;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const told = `a check must come to its end: ${describeFault(error)}`;
    yield failed('doctor', told, 'npm run doctor, once more; if it stays, report it with this line');
  }
}

/** A database's name has no dot. */
function readNamespace(text: string): Watched {
  const [, database = '', collection = ''] = /^([^.]*)\.(.*)$/s.exec(text) ?? [];
  const rule = ruleBrokenBy({ database, collection });
  if (rule === undefined) return { database, collection };
  throw new CommandError(
    `Cannot probe: --probe must be <database>.<collection>, ${rule}: it is ${JSON.stringify(text)}`,
  );
}

function readSeconds(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) > 0) return Number(text);
  throw new CommandError(
    `Cannot probe: --wait must be a number of seconds from 1 to 9999: it is ${JSON.stringify(text)}`,
  );
}
