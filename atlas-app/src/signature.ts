// Signs a request by Standard Webhooks: an HMAC over id, time and the exact bytes of the body.

/** The secret is base64 of bytes, not a text. */
export function signatureHeaders(
  secret: string,
  webhookId: string,
  body: string,
): Readonly<Record<string, readonly string[]>> {
  const key = require('buffer').Buffer.from(secret, 'base64');
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hmac = require('crypto')
    .createHmac('sha256', key)
    .update(`${webhookId}.${timestamp}.`, 'utf8')
    .update(body, 'utf8');
  return {
    'webhook-id': [webhookId],
    'webhook-timestamp': [timestamp],
    'webhook-signature': [`v1,${hmac.digest('base64')}`],
  };
}
