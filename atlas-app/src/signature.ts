// Gives a request its id and its signature by Standard Webhooks: an HMAC over id, time and the exact bytes of the body.

/** A hash, because tokens contain document keys. The same events always get the same id. */
export function webhookIdOf(kind: 'evt' | 'bat' | 'load', tokens: string): string {
  return `${kind}_${sha256(tokens).slice(0, 32)}`;
}

export function sha256(text: string): string {
  return require('crypto').createHash('sha256').update(text, 'utf8').digest('hex');
}

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
