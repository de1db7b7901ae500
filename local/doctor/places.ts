// The names in the commands of a fix. They come from the settings or the address, else the person fills them in.
import type { LakeLocation } from '../../shared/lake/lake-url.ts';
import { isThisMachine } from '../../shared/lake/this-machine.ts';

export interface Places {
  /** The receiver is npm start on this machine, so fixes are commands for this machine. */
  readonly isHere: boolean;
  readonly app: string;
  readonly account: string;
  readonly container: string;
}

const group = '<group>';

export function placesOf(location: LakeLocation | undefined, receiver: URL | undefined): Places {
  const isAzure = location?.kind === 'azure';
  return {
    isHere: receiver !== undefined && isThisMachine(receiver.hostname),
    app: /^([a-z0-9-]+)\.azurewebsites\.net$/.exec(receiver?.hostname ?? '')?.[1] ?? '<app>',
    account: isAzure ? location.account : '<account>',
    container: isAzure ? location.container : '<container>',
  };
}

export function setSetting({ app, isHere }: Places, setting: string): string {
  if (isHere) return `${setting} npm start`;
  return `az functionapp config appsettings set --resource-group ${group} --name ${app} --settings ${setting}`;
}

/**
 * In Azure a plain value would replace the vault reference of infra/, until the next deployment. So it names the vault
 * too.
 */
export function setSecrets(places: Places, value: string): string {
  if (places.isHere) return setSetting(places, `SIGNING_SECRETS="${value}"`);
  const elsewhere = 'or, if the app has its secrets from a key vault, see docs/deploy.md, "Rotate the secret"';
  return `${setSetting(places, `"SIGNING_SECRETS=${value}"`)}\n${elsewhere}`;
}

export function appCommand(command: string, { app, isHere }: Places, rest = ''): string {
  if (isHere) return command.endsWith('log tail') ? 'look at the terminal of npm start' : 'npm start';
  return `az ${command} --resource-group ${group} --name ${app}${rest}`;
}

export function grantRole({ account, container }: Places): string {
  return [
    'az role assignment create --assignee <principal id> --role "Storage Blob Data Contributor" \\',
    `  --scope "$(az storage account show --name ${account} --query id --output tsv)/blobServices/default/containers/${container}"`,
  ].join('\n');
}
