// The next steps for a person after the folder is written, and the warnings before them.
import { type LakeSync, placeholderUrl, textOf } from './lake-sync.ts';

/** `app` is the folder as the person wrote it. */
export function nextSteps(sync: LakeSync, app: string): string {
  const { location, providerRegion } = sync.region;
  const options = app === 'atlas-app' ? '' : ` --app ${app}`;
  const steps = `Next, do one of these.

1. Deploy (recommended). It shows a plan, creates the secrets too, and changes only what it created itself.

     export ATLAS_PUBLIC_KEY=… ATLAS_PRIVATE_KEY=… ATLAS_PROJECT_ID=…
     export LAKE_RECEIVER_KEY=… LAKE_SIGNING_SECRET=whsec_…
     npm run atlas:deploy -- --dry-run${options}
     npm run atlas:deploy${options === '' ? '' : ` --${options}`}

2. Push with the App Services CLI (npm install -g atlas-app-services-cli). A push deletes every trigger, function and
   value of the target app that this folder lacks. So use a separate app, and read the --dry-run first.

${commandsOf('appservices', ` --provider-region ${providerRegion}`, sync, app)}

3. Push with realm-cli, the deprecated older tool. It deletes in the same way.

${commandsOf('realm-cli', location === undefined ? '' : ` --location ${location}`, sync, app)}`;
  if (sync.receiverUrl !== placeholderUrl) return steps;
  return `${steps}

Do not deploy or push yet: "receiverUrl" in ${app}/lake-sync.json must be your receiver's address: it is still the placeholder`;
}

export function warningsOf({ watch }: LakeSync): readonly string[] {
  const enabled = watch.filter((entry) => entry.enabled);
  const databases = enabled.filter((entry) => entry.collection === undefined).map((entry) => textOf(entry));
  const streams = `Warning: this needs ${enabled.length} change streams: a free cluster (M0) allows 5, M10 and M20 allow 100, larger clusters 1,000`;
  const deletes = `Warning: deletes in ${databases.join(', ')} have no document: Atlas has pre-images for collections only`;
  const loads =
    'Warning: a push may begin an initial load before its trigger: deploy, or push without "initialLoad" and use npm run atlas:load';
  return [
    ...(enabled.length > 5 ? [streams] : []),
    ...(databases.length > 0 ? [deletes] : []),
    ...(watch.some(({ initialLoad }) => initialLoad !== false) ? [loads] : []),
  ];
}

/** Values need secrets, and secrets need an app. So the app comes first, and the push last. */
function commandsOf(cli: string, place: string, { app: name, region }: LakeSync, app: string): string {
  const lines = [
    `${cli} login`,
    // The command also writes a folder, which nobody needs.
    `(cd "$(mktemp -d)" && ${cli} apps create --name ${name}${place} --deployment-model ${region.deploymentModel})`,
    `${cli} secrets create --app ${name} --name lakeReceiverKey`,
    `${cli} secrets create --app ${name} --name lakeSigningSecret`,
    `${cli} push --local ${app} --remote ${name} --dry-run`,
    `${cli} push --local ${app} --remote ${name}`,
  ];
  return lines.map((line) => `     ${line}`).join('\n');
}
