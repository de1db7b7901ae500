// Reads the values of the app: the receiver, and the size of batches.

/** A value of the app as text. Empty when it is missing. */
export function settingOf(name: string): string {
  const value = context.values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

export interface Receiver {
  readonly url: string;
  readonly key: string;
  /** Base64, without `whsec_`. Empty if requests are not signed. */
  readonly secret: string;
}

/** The values of the app do not name a receiver. */
export interface NoReceiver {
  readonly problem: string;
}

/** Wrong values are a reason to keep events, not to lose them. */
export function openReceiver(): Receiver | NoReceiver {
  const url = settingOf('lakeReceiverUrl');
  const secret = settingOf('lakeSigningSecret');
  if (!/^https?:\/\//i.test(url)) return { problem: 'the value lakeReceiverUrl must be the address of the receiver' };
  // Plain http:// would show the document and the function key to the network.
  if (!/^https:/i.test(url) && !isThisMachine(url))
    return { problem: 'the value lakeReceiverUrl must begin with https://' };
  if (secret !== '' && !isSecret(secret)) return { problem: 'the value lakeSigningSecret must be a whsec_ secret' };
  return { url, key: settingOf('lakeReceiverKey'), secret: secret.slice('whsec_'.length) };
}

function isThisMachine(url: string): boolean {
  return /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:\/|$)/i.test(url);
}

function isSecret(text: string): boolean {
  return /^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}

const mostOfReceiver = 1000;
const longestSeconds = 3600;

/** The number of events in a batch: the value lakeBatchEvents, for a receiver that takes fewer than 1,000. */
export function batchEvents(): number {
  const events = Math.floor(Number(context.values.get('lakeBatchEvents')));
  return events >= 1 && events <= mostOfReceiver ? events : mostOfReceiver;
}

/** How long events wait for a batch in bufferChangeEvent: the value lakeBatchSeconds, or a minute. */
export function batchSeconds(): number {
  const seconds = Number(context.values.get('lakeBatchSeconds'));
  return seconds >= 1 && seconds <= longestSeconds ? seconds : 60;
}
