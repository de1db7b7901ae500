// Finds secrets that a person made up. It cannot prove that a secret is random.

/** Nearly every random secret of 24 bytes or more has more different bytes. So do the 64 hex digits of infra/. */
const fewestDifferent = 12;
/** Secrets from public specifications and manuals. */
const samples = [
  'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLw9w',
  'C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
  'plJ3nmyCDGBKInavdOK15jsl',
];
const tellingWords = /secret|passwor|example|changeme|change-me|sample|webhook|qwert|abcdef|012345|atlas|test-?key/i;

/** Returns the weakness, without any part of the secret. Undefined if it finds no weakness. */
export function weaknessOf(secret: Uint8Array): string | undefined {
  const bytes = Buffer.from(secret);
  if (samples.includes(bytes.toString('base64'))) return 'it is a sample from public manuals';
  if (isRepeated(bytes)) return 'it repeats one piece';
  if (isRun(bytes)) return 'its bytes are a plain sequence';
  const different = new Set(bytes).size;
  if (different < fewestDifferent) return `it has only ${different} different bytes`;
  if (tellingWords.test(bytes.toString('latin1'))) return 'it contains words that people choose';
  return undefined;
}

function isRepeated(bytes: Buffer): boolean {
  for (let length = 1; length <= bytes.length / 2; length++)
    if (bytes.subarray(length).equals(bytes.subarray(0, -length))) return true;
  return false;
}

function isRun(bytes: Buffer): boolean {
  const steps = bytes.subarray(1).map((byte, index) => byte - (bytes[index] ?? 0));
  return new Set(steps).size === 1;
}
