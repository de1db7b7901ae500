// Reads the environment into typed settings, or returns every problem: the setting, what it must be and what it is.
import type { KeyObject } from 'node:crypto';
import type { Layout, Naming } from '../events/lake-path.ts';
import type { LakeFiles } from '../events/store-events.ts';
import type { DocumentFormat } from '../format/formats.ts';
import type { ReceiverSettings } from '../http/receive.ts';
import { readSecret } from '../http/signature.ts';
import type { AzureAccess, AzureApi } from '../lake/azure/azure-pipeline.ts';
import type { LakeLocation } from '../lake/lake-url.ts';
import type { LakeSettings } from '../lake/open-lake.ts';
import { type EventHubSettings, readEventHub } from './event-hub-settings.ts';
import { formerNamesIn, readFormerLocation } from './former-names.ts';
import { readRedactions } from './redaction-settings.ts';
import { type Environment, hasAnotherForm, is, isNotSet, type SettingReader, settingReader } from './setting-reader.ts';
import { readTables, type TablesSettings } from './tables-settings.ts';
import { readUrl } from './url-setting.ts';

export interface Settings extends ReceiverSettings {
  readonly lake: LakeSettings;
  readonly maxBytesInFlight: number;
  readonly tables: TablesSettings;
  /** If undefined, events come only by HTTP. */
  readonly eventHub: EventHubSettings | undefined;
}

export type ReadSettings =
  | { readonly kind: 'valid'; readonly settings: Settings }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

export function readSettings(environment: Environment): ReadSettings {
  const read = settingReader(environment);
  const location = readLocation(read);
  const access = readAccess(read, location);
  const api = read.choice<AzureApi>('LAKE_API', ['blob', 'dfs']);
  const layout = read.choice<Layout>('LAKE_LAYOUT', ['partitioned', 'flat']);
  const filePrefix = readFilePrefix(read);
  const tables = readTables(read, location, access, layout);
  const limits = {
    lakeFiles: read.choice<LakeFiles>('LAKE_FILES', ['event', 'batch']),
    documentFormat: read.choice<DocumentFormat>('DOCUMENT_FORMAT', ['relaxed', 'canonical', 'simple']),
    redactions: readRedactions(read),
    signingSecrets: readSigningSecrets(read),
    maxBodyBytes: read.count('MAX_BODY_BYTES', 67_108_864, mostBodyBytes),
    maxEvents: read.count('MAX_EVENTS', 1000, 100_000),
    maxBytesInFlight: read.count('MAX_BYTES_IN_FLIGHT', 67_108_864, 4_294_967_296),
    writeConcurrency: read.count('WRITE_CONCURRENCY', 32, 1000),
    eventHub: readEventHub(read),
  };

  assertBodyFits(read, limits);

  if (location === undefined || read.problems.length > 0) return { kind: 'invalid', problems: read.problems };
  const directory = location.kind === 'azure' ? location.directory : '';
  const naming: Naming = { directory, layout, filePrefix };
  return { kind: 'valid', settings: { lake: { location, access, api }, naming, ...limits, tables } };
}

/** One body always fits into the bytes in flight. A larger body would break the limit of memory. */
function assertBodyFits(
  read: SettingReader,
  { maxBodyBytes, maxBytesInFlight }: Readonly<Record<BodyLimit, number>>,
): void {
  const areCounts = maxBodyBytes <= mostBodyBytes && maxBytesInFlight > 0;
  if (areCounts && maxBodyBytes > maxBytesInFlight)
    read.mustBe(
      'MAX_BODY_BYTES',
      'at most MAX_BYTES_IN_FLIGHT',
      `it is ${maxBodyBytes}, which is more than ${maxBytesInFlight}`,
    );
}

type BodyLimit = 'maxBodyBytes' | 'maxBytesInFlight';
const mostBodyBytes = 209_715_200;

function readLocation(read: SettingReader): LakeLocation | undefined {
  const url = read.text('LAKE_URL');
  const formerNames = formerNamesIn(read);
  if (url === undefined && formerNames.length > 0) return readFormerLocation(read);
  if (url === undefined) {
    read.mustBe('LAKE_URL', 'an abfss://, https:// or file: address', isNotSet);
    return undefined;
  }
  if (formerNames.length > 0)
    read.mustBe('LAKE_URL', 'set alone', `it is set together with ${formerNames.join(' and ')}, its former names`);
  return readUrl(read, 'LAKE_URL', url);
}

function readAccess(read: SettingReader, location: LakeLocation | undefined): AzureAccess {
  const key = read.textOf('STORAGE_ACCOUNT_KEY', 'storage_account_key');
  if (key !== undefined) {
    if (!/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(key))
      read.mustBe('STORAGE_ACCOUNT_KEY', 'a key as the portal shows it, in base64', hasAnotherForm);
    return { kind: 'shared-key', key };
  }
  if (location?.kind === 'azure' && location.blobUrl.startsWith('http:'))
    read.mustBe('STORAGE_ACCOUNT_KEY', 'set for an emulator, because identities need https://', isNotSet);
  const isInAzure = read.text('IDENTITY_ENDPOINT') !== undefined || read.text('MSI_ENDPOINT') !== undefined;
  return isInAzure ? { kind: 'managed-identity', clientId: read.text('AZURE_CLIENT_ID') } : { kind: 'developer' };
}

function readFilePrefix(read: SettingReader): string {
  const prefix = read.textOf('FILE_PREFIX', 'storage_file_name') ?? 'change';
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(prefix))
    read.mustBe(
      'FILE_PREFIX',
      '1 to 80 of A-Z, a-z, 0-9, ".", "_" and "-", starting with a letter or digit',
      is(prefix),
    );
  return prefix;
}

export function readSigningSecrets(read: SettingReader): readonly KeyObject[] {
  const setting = read.protection('SIGNING_SECRETS');
  if (setting.kind !== 'set') return [];
  const mustBe = '"whsec_" and 24 to 64 bytes in base64, several separated by spaces or commas';
  const texts = setting.text.split(/[\s,]+/).filter((text) => text !== '');
  // An empty list is a mistake, such as a template without its values. It must not turn signatures off.
  if (texts.length === 0) read.mustBe('SIGNING_SECRETS', mustBe, 'it has none');
  return texts.flatMap((text, index) => {
    const secret = readSecret(text);
    if (secret !== undefined) return [secret];
    const found = `number ${index + 1} of ${texts.length} has another form`;
    read.mustBe('SIGNING_SECRETS', mustBe, found);
    return [];
  });
}
