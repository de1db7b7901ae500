// The place of the lake, from the settings of the reference solution.
// https://github.com/Azure/Azure_Synapse_RealTimeSync_Using_AtlasTrigger_and_AzureFunction
import { type LakeLocation, readLakeUrl } from '../lake/lake-url.ts';
import { is, isNotSet, type SettingReader } from './setting-reader.ts';

const formerNames = ['storage_account_name', 'storage_container', 'storage_directory'] as const;

/** The former settings that are set. */
export function formerNamesIn({ text }: SettingReader): readonly string[] {
  return formerNames.filter((name) => text(name) !== undefined);
}

/** Builds the location from the former settings. Each problem names the setting that must change. */
export function readFormerLocation(read: SettingReader): LakeLocation | undefined {
  const [account, container, directory] = formerNames.map(read.text);
  const hasAccount = account !== undefined && /^[a-z0-9]{3,24}$/.test(account);
  if (account === undefined) read.mustBe('storage_account_name', besideOthers, isNotSet);
  else if (!hasAccount) read.mustBe('storage_account_name', '3 to 24 lower-case letters and digits', is(account));
  if (container === undefined) {
    read.mustBe('storage_container', besideOthers, isNotSet);
    return undefined;
  }
  // A placeholder replaces a wrong account, so that all problems are reported at once.
  const root = `https://${hasAccount ? account : 'account'}.dfs.core.windows.net/${encodeURIComponent(container)}`;
  const inContainer = readPart(read, 'storage_container', container, root);
  const folders = directory?.split('/').filter((folder) => folder !== '') ?? [];
  const whole = [root, ...folders.map(encodeURIComponent)].join('/');
  const location =
    directory === undefined || inContainer === undefined
      ? inContainer
      : readPart(read, 'storage_directory', directory, whole);
  return hasAccount ? location : undefined;
}

const besideOthers = 'set beside the other storage_… settings';

/** A problem shows only this part. The rest of the address was not written by the user. */
function readPart({ mustBe }: SettingReader, name: string, part: string, url: string): LakeLocation | undefined {
  const location = readLakeUrl(url);
  if (location.kind !== 'problem') return location;
  mustBe(name, location.mustBe, is(part));
  return undefined;
}
