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

/** As the receiver reads it: another one it would answer with 401 for ever. */
function isSecret(text: string): boolean {
  if (!/^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return false;
  const { length } = require('buffer').Buffer.from(text.slice('whsec_'.length), 'base64');
  return length >= 24 && length <= 64;
}
