// Reads the address of the event hub and the way of access, from the settings of the host's binding.
import type { Environment } from '../../../shared/app/setting-reader.ts';

export interface HubAddress {
  /** `<namespace>.servicebus.windows.net` */
  readonly host: string;
  readonly hub: string;
  readonly consumerGroup: string;
  readonly access: HubAccess;
}

export type HubAccess =
  | { readonly kind: 'identity'; readonly clientId: string | undefined }
  | { readonly kind: 'shared-key'; readonly keyName: string; readonly key: string };

/** Undefined if the settings have no valid namespace and no valid connection string. */
export function hubAddress(
  { name, consumerGroup }: { readonly name: string; readonly consumerGroup: string },
  environment: Environment,
): HubAddress | undefined {
  const namespace = environment['EVENT_HUB_CONNECTION__fullyQualifiedNamespace']?.trim().toLowerCase() ?? '';
  const clientId = environment['EVENT_HUB_CONNECTION__clientId']?.trim() || undefined;
  if (isHost(namespace)) return { host: namespace, hub: name, consumerGroup, access: { kind: 'identity', clientId } };
  const parts = connectionParts(environment['EVENT_HUB_CONNECTION'] ?? '');
  const host = /^sb:\/\/([^/]+)\/?$/i.exec(parts.get('endpoint') ?? '')?.[1]?.toLowerCase() ?? '';
  const keyName = parts.get('sharedaccesskeyname');
  const key = parts.get('sharedaccesskey');
  if (!isHost(host) || keyName === undefined || key === undefined) return undefined;
  return { host, hub: name, consumerGroup, access: { kind: 'shared-key', keyName, key } };
}

/** Accepts names of Azure only, because the token goes to this host. */
function isHost(text: string): boolean {
  return /^[a-z][a-z0-9-]{4,48}[a-z0-9]\.servicebus\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net)$/.test(text);
}

/** `Endpoint=sb://…/;SharedAccessKeyName=…;SharedAccessKey=…`: a key can end with `=`. */
function connectionParts(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(';').flatMap((part): [string, string][] => {
      const equals = part.indexOf('=');
      return equals < 0 ? [] : [[part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim()]];
    }),
  );
}
