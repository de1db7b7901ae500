// Wrong settings with secrets in them: the log line and the status page name the problems, and show no secret.
import assert from 'node:assert/strict';
import { openReceiver } from '../../shared/app/open-receiver.ts';
import { openStatus } from '../../shared/app/status/open-status.ts';
import { canaries, redactKey, signingSecret, storageKey } from './canary.ts';
import type { Surface } from './secrecy-table.ts';

const lake = { LAKE_URL: 'https://account.dfs.core.windows.net/lake' };
const sas = `sv=2024-11-04&ss=b&sig=${canaries.urlQuery}`;
const connectionString = `DefaultEndpointsProtocol=https;AccountName=account;AccountKey=${storageKey};EndpointSuffix=core.windows.net`;

/** A secret with a wrong form in its own setting, and secrets in wrong settings. */
const wrong: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a storage key without its end': { ...lake, STORAGE_ACCOUNT_KEY: storageKey.slice(0, -1) },
  'a storage key in quotes': { ...lake, STORAGE_ACCOUNT_KEY: `"${storageKey}"` },
  'a storage key by both its names': { ...lake, STORAGE_ACCOUNT_KEY: storageKey, storage_account_key: storageKey },
  'a connection string for a storage key': { ...lake, STORAGE_ACCOUNT_KEY: connectionString },
  'signing secrets without whsec_': { ...lake, SIGNING_SECRETS: signingSecret.replace('whsec_', '') },
  'a signing secret that is too short': { ...lake, SIGNING_SECRETS: `${signingSecret} ${signingSecret.slice(0, 26)}` },
  'a signing secret that is no base64': { ...lake, SIGNING_SECRETS: `whsec_${canaries.signingSecret}!` },
  'a lake with a shared access signature': { LAKE_URL: `${lake.LAKE_URL}?${sas}` },
  'a lake with a signature for a fragment': { LAKE_URL: `${lake.LAKE_URL}#${sas}` },
  'a lake with a signature behind an escaped mark': { LAKE_URL: `https://account.blob.core.windows.net/lake%3F${sas}` },
  'a lake with a password': { LAKE_URL: `abfss://lake:${canaries.urlQuery}@account.dfs.core.windows.net/` },
  'a lake with a name and a password': {
    LAKE_URL: `https://me:${canaries.urlQuery}@account.dfs.core.windows.net/lake`,
  },
  'a lake of another scheme': { LAKE_URL: `wasbs://lake@account.blob.core.windows.net/?${sas}` },
  'a connection string for a lake': { LAKE_URL: connectionString },
  'a signature alone for a lake': { LAKE_URL: `?${sas}` },
  'a storage key for a lake': { LAKE_URL: storageKey },
  'a signing secret for a lake': { LAKE_URL: signingSecret },
  'a connection string for an account': { storage_account_name: connectionString, storage_container: 'lake' },
  'a storage key for an account': { storage_account_name: storageKey, storage_container: 'lake' },
  'a storage key for a container': { storage_account_name: 'account', storage_container: storageKey },
  'a REDACT_KEY without whsec_': { ...lake, REDACT: '*: email', REDACT_KEY: redactKey.replace('whsec_', '') },
  'a REDACT_KEY alone': { ...lake, REDACT_KEY: redactKey },
  'a REDACT_KEY for REDACT': { ...lake, REDACT: redactKey },
  'a REDACT_KEY without whsec_ for REDACT': { ...lake, REDACT: redactKey.replace('whsec_', '') },
  'a REDACT_KEY behind the rules of REDACT': { ...lake, REDACT: `*: email=hash; ${redactKey}` },
  'a storage key in REDACT': { ...lake, REDACT: `*: email=${storageKey}` },
  'a signing secret for the API': { ...lake, LAKE_API: signingSecret },
  'a signing secret for a prefix': { ...lake, FILE_PREFIX: `${signingSecret}=` },
  'a storage key for a number': { ...lake, MAX_EVENTS: storageKey },
};

/** Many of them together. */
export function atOnce(): Record<string, string> {
  const secrets = {
    STORAGE_ACCOUNT_KEY: storageKey.slice(0, -1),
    SIGNING_SECRETS: signingSecret.replace('whsec_', ''),
  };
  const others = {
    REDACT: redactKey.replace('whsec_', ''),
    REDACT_KEY: canaries.redactKey,
    FILE_PREFIX: storageKey,
  };
  return { LAKE_URL: `${lake.LAKE_URL}?${sas}`, ...secrets, ...others, LAKE_API: signingSecret };
}

export const settingsSurface: Surface = {
  surface: 'the problems of wrong settings',
  given: JSON.stringify(wrong),
  canaries: ['storageKey', 'signingSecret', 'urlQuery', 'redactKey'],
  ways: Object.fromEntries(
    Object.entries({ ...wrong, 'all of them together': atOnce() }).map(([what, environment]) => [
      what,
      async () => {
        const opened = await openReceiver(environment);
        assert(opened.kind === 'misconfigured');
        const texts: string[] = [];
        opened.logProblems((line) => texts.push(line), new Date());
        const page = await openStatus(Promise.resolve(opened), environment)(new Date(), () => undefined);
        return { texts: [...texts, page.body], says: [/cannot start: wrong settings/] };
      },
    ]),
  ),
};
