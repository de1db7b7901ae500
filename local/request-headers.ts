// Makes the headers of a request to the receiver, with a signature of Standard Webhooks as the Atlas function makes it.
import { createHmac, type KeyObject } from 'node:crypto';

export function requestHeaders(
  body: Uint8Array | string,
  webhookId: string,
  functionKey: string,
  secret: KeyObject | undefined,
): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json',
    ...(functionKey === '' ? {} : { 'x-functions-key': functionKey }),
    ...(secret === undefined ? {} : signatureOf(body, webhookId, secret)),
  };
}

function signatureOf(body: Uint8Array | string, webhookId: string, secret: KeyObject) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac('sha256', secret).update(`${webhookId}.${timestamp}.`).update(body).digest('base64');
  return { 'webhook-id': webhookId, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}
