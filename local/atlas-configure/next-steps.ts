// What a person does after the folder is written, and what is worth knowing before.
import { type LakeSync, placeholderUrl, textOf } from './lake-sync.ts';

/** `app` is the folder, as the person named it. */
export function nextSteps(sync: LakeSync, app: string): string {
  const { location, providerRegion } = sync.region;
  const options = app === 'atlas-app' ? '' : ` --app ${app}`;
  const steps = `What comes next is one of these.

1. Deploy (recommended): shows a plan, makes the secrets too, and leaves alone what it did not make.

     export ATLAS_PUBLIC_KEY=… ATLAS_PRIVATE_KEY=… ATLAS_PROJECT_ID=…
     export LAKE_RECEIVER_KEY=… LAKE_SIGNING_SECRET=whsec_…
     npm run atlas:deploy -- --dry-run${options}
     npm run atlas:deploy${options === '' ? '' : ` --${options}`}

2. Push with the App Services CLI (npm install -g atlas-app-services-cli). A push deletes every trigger, function and
   value of the target app that this folder lacks: give it an app of its own, and read the --dry-run first.

${commandsOf('appservices', ` --provider-region ${providerRegion}`, sync, app)}

3. Push with realm-cli, its deprecated predecessor. It deletes just the same.

${commandsOf('realm-cli', location === undefined ? '' : ` --location ${location}`, sync, app)}`;
  if (sync.receiverUrl !== placeholderUrl) return steps;
  return `${steps}

Nothing should be deployed or pushed yet: "receiverUrl" in ${app}/lake-sync.json must be your receiver's address: it still is the placeholder`;
}

export function warningsOf({ watch }: LakeSync): readonly string[] {
  const enabled = watch.filter((entry) => entry.enabled);
  const databases = enabled.filter((entry) => entry.collection === undefined).map((entry) => textOf(entry));
  const streams = `Warning: ${enabled.length} change streams are needed: a free cluster (M0) allows 5, M10 and M20 allow 100, larger ones 1,000`;
  const deletes = `Warning: deletes in ${databases.join(', ')} come without their document: Atlas has pre-images for collections only`;
  return [...(enabled.length > 5 ? [streams] : []), ...(databases.length > 0 ? [deletes] : [])];
}

/** Values point at secrets, and secrets belong to an app: so the app comes first, and the push last. */
function commandsOf(cli: string, place: string, { app: name, region }: LakeSync, app: string): string {
  const lines = [
    `${cli} login`,
    // It also writes a folder. Nobody needs it.
    `(cd "$(mktemp -d)" && ${cli} apps create --name ${name}${place} --deployment-model ${region.deploymentModel})`,
    `${cli} secrets create --app ${name} --name lakeReceiverKey`,
    `${cli} secrets create --app ${name} --name lakeSigningSecret`,
    `${cli} push --local ${app} --remote ${name} --dry-run`,
    `${cli} push --local ${app} --remote ${name}`,
  ];
  return lines.map((line) => `     ${line}`).join('\n');
}
