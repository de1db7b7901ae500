// Whether a secret looks as if chance had made it. It cannot prove that it did; it finds what people write instead.

/** What chance leaves in all but one of some million cases, of 24 bytes or more, and of the 64 hex digits that infra/ makes. */
const fewestDifferent = 12;
/** Printed in specifications and manuals, where everybody reads them. */
const samples = [
  'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLw9w',
  'C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
  'plJ3nmyCDGBKInavdOK15jsl',
];
const tellingWords = /secret|passwor|example|changeme|change-me|sample|webhook|qwert|abcdef|012345|atlas|test-?key/i;

/** Undefined where nothing is found. Never a piece of the secret. */
export function weaknessOf(secret: Uint8Array): string | undefined {
  const bytes = Buffer.from(secret);
  if (samples.includes(bytes.toString('base64'))) return 'it is a sample that stands in public manuals';
  if (isRepeated(bytes)) return 'it is one piece that is repeated';
  if (isRun(bytes)) return 'its bytes are a plain row';
  const different = new Set(bytes).size;
  if (different < fewestDifferent) return `it has only ${different} different bytes`;
  if (tellingWords.test(bytes.toString('latin1'))) return 'it holds words that people choose';
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
