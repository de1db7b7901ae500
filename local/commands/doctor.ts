// npm run doctor: checks everything between Atlas and the lake, and says how to fix each failure.
import { resolve } from 'node:path';
import { describeFault } from '../../shared/lake/fault.ts';
import { namespaceIn } from '../atlas-configure/namespace-rules.ts';
import { type Command, CommandError } from '../command.ts';
import { type Check, type Checking, failed } from '../doctor/check.ts';
import { cleanups } from '../doctor/cleanups.ts';
import { type Examination, examine } from '../doctor/examine.ts';
import type { Watched } from '../doctor/probe/atlas-document.ts';
import { isWell, jsonOf, lineOf, summaryOf } from '../doctor/report.ts';
import { root } from '../paths.ts';

const help = `npm run doctor [-- [--url <address>] [--probe <database>.<collection>] [--json]]

Checks the settings, the lake, the receiver and the Atlas side, and says how to fix each failure. Set the app's settings
in the environment first. It also compares the number of documents in each watched collection with the latest state in
the lake. It creates one file in the lake and removes it, and changes nothing else.

  --url <address>        the receiver. Default: RECEIVER_URL, then "receiverUrl" in atlas-app/lake-sync.json, then the
                         one of npm start
  --probe <db>.<coll>    also inserts a document of edge values there through Atlas, compares each value in its file,
                         and removes the document
  --wait <seconds>       how long the probe waits for its file. Default: 180
  --json                 prints one object with every check: { "ok", "checks": [{ "name", "outcome", "told", "fix" }] }
  --app <folder>         another app folder than atlas-app

  LAKE_URL, SIGNING_SECRETS, …   the settings of the app, as in the README
  RECEIVER_KEY                   the function key, also as LAKE_RECEIVER_KEY
  EVENT_HUB_NAME, EVENT_HUB_CONNECTION…
                                 to check the hub, its consumer group and role, and how far behind each partition is.
                                 That needs AzureWebJobsStorage or AzureWebJobsStorage__blobServiceUri of the app too
  LAKE_SIGNING_SECRET            to check the sender's secret: it must be one of SIGNING_SECRETS
  ATLAS_PUBLIC_KEY, ATLAS_PRIVATE_KEY, ATLAS_PROJECT_ID
                                 to check the Atlas side: an Atlas API key with the role Project Owner

Ends with 0 if no check failed. A check that is left out is not a failure.`;

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
      probe: probe === undefined ? undefined : readProbed(probe),
      waitSeconds: readSeconds(wait),
      cleanups: open,
      onProgress: note,
    };
    return await Promise.race([examined(examination, json !== undefined, write), ended()]);

    /** First removes the things that the checks have created. */
    async function ended(): Promise<number> {
      await stopped();
      note('Stopping: the test file and document are removed first; Ctrl-C again ends at once');
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

/** Turns an unexpected error into a failed check. Leaves out its message, which can contain a secret. */
async function* whole(checking: Checking): Checking {
  try {
    yield* checking;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const told = `every check must come to its end: ${describeFault(error)}`;
    yield failed('doctor', told, 'npm run doctor   (again; if the failure stays, report this line)');
  }
}

function readProbed(text: string): Watched {
  const read = namespaceIn('--probe', text);
  if (typeof read === 'string') throw new CommandError(`Cannot probe: ${read}`);
  return read;
}

function readSeconds(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) > 0) return Number(text);
  throw new CommandError(
    `Cannot probe: --wait must be a number of seconds from 1 to 9999: it is ${JSON.stringify(text)}`,
  );
}
