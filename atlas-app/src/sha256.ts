export function sha256(text: string): string {
  return require('crypto').createHash('sha256').update(text, 'utf8').digest('hex');
}
