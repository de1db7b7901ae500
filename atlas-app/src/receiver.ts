import { settingOf } from './setting.ts';
import type { NoReceiver, Receiver } from './types.ts';

/** Who takes the events, by the app's values. What is wrong with them is a reason to keep events, not to lose them. */
export function openReceiver(): Receiver | NoReceiver {
  const url = settingOf('lakeReceiverUrl');
  const secret = settingOf('lakeSigningSecret');
  if (!/^https?:\/\//.test(url)) return { problem: 'the value lakeReceiverUrl must be the address of the receiver' };
  if (secret !== '' && !isSecret(secret)) return { problem: 'the value lakeSigningSecret must be a whsec_ secret' };
  return { url, key: settingOf('lakeReceiverKey'), secret: secret.slice('whsec_'.length) };
}

function isSecret(text: string): boolean {
  return /^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}
