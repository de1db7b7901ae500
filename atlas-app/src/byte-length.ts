export function byteLength(text: string): number {
  return require('buffer').Buffer.byteLength(text, 'utf8');
}
