/** Text with hyphens for binary of subtype 4 and the length of a UUID. The byte order of subtype 3 varies. */
export function uuidOf(binary: { readonly base64: string; readonly subType: string }): string | undefined {
  if (binary.subType !== '04' || binary.base64.length !== 24) return undefined;
  const hex = Buffer.from(binary.base64, 'base64').toString('hex');
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : undefined;
}
